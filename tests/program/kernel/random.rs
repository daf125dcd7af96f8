//! Random sets and packets: the program, the matcher in user space and the oracle agree.

use qos_common::{counters::MAX_POLICIES, dscp::Dscp};
use qos_loader::policy::Policy;
use qos_tests::{
    generate::{
        machine::{SyntheticMachine, hosts_of, names_of},
        packets,
        random::Random,
        sets::{as_read, random_policies},
        shrink::shrink,
        text,
    },
    oracle::{Seen, Sender, given, mark::Origin, winner},
    packet::{Network, Packet},
    privilege::takes_without_perfmon,
    repeated,
};

use super::{Kernel, ROOT_CGROUP, expected::Counted, is_runnable, kind, test_run_sender};
use crate::set::Set;

const SETS: u32 = 450;
/// Of the program for loaders without `CAP_PERFMON`.
const FEWER_SETS: u32 = 100;
const PACKETS: usize = 500;

#[test]
fn the_program_does_what_the_oracle_says() {
    let pairs = compare(Kernel::new(), SETS);
    assert!(pairs >= u64::from(repeated(200_000)));
}

#[test]
fn so_does_the_one_for_loaders_without_cap_perfmon() {
    if takes_without_perfmon() {
        compare(Kernel::without_perfmon(), FEWER_SETS);
    }
}

/// Returns how many pairs of a set and a packet that were.
#[expect(clippy::print_stdout, reason = "whoever reads the tests' output is to know")]
fn compare(mut kernel: Kernel, sets: u32) -> u64 {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let mut expected = Counted::nothing(MAX_POLICIES as usize);
    let mut matched = [0, 0];
    let mut unmatched = 0;
    let sets = u64::from(repeated(sets));
    for seed in 0..sets {
        // Other sets than those of the test in user space.
        let mut random = Random::new(seed + 1_000_000);
        let mut policies = random_policies(seed, &mut random, &machine, true);
        for policy in &mut policies {
            policy.actions.keep_marked = random.percent(20);
        }
        let ignores = random.percent(30);
        let set = compiled(as_read(seed, &policies), ignores, &machine);
        kernel.replace(&set);
        for _packet in 0..PACKETS {
            let packet = runnable_packet(&mut random, &policies);
            // The third packet of a socket finds the answer that the second left behind.
            let runs = if random.percent(10) { 3 } else { 1 };
            if difference(&mut kernel, &policies, ignores, &packet, runs).is_some() {
                explain(&mut kernel, &policies, ignores, &packet, runs, &machine);
            }
            let winner = winner(&policies, &seen(&packet));
            let policy = winner.map(|winner| set.index(&winner.name));
            let rewritten = packet.frame_with(dscp(winner, ignores, &packet)) != packet.frame();
            expected.add(policy, rewritten, runs);
            match (winner, &packet.network) {
                (None, _) => unmatched += 1,
                (Some(_), Network::V4(_)) => matched[0] += 1,
                (Some(_), Network::V6(_)) => matched[1] += 1,
            }
        }
        // Reading all counters takes longer than a set's packets.
        if seed % 10 == 9 {
            assert_eq!(Counted::by(&kernel.dataplane), expected, "seeds up to {seed}");
        }
    }
    let pairs = u64::try_from(PACKETS).unwrap() * sets;
    let [v4, v6] = matched;
    println!("{pairs} pairs: {v4} IPv4 and {v6} IPv6 packets matched, {unmatched} did not");
    assert_eq!(v4 + v6 + unmatched, pairs);
    assert!([v4, v6, unmatched].iter().all(|count| *count > pairs / 20), "too one-sided");
    pairs
}

fn runnable_packet(random: &mut Random, policies: &[Policy]) -> Packet {
    loop {
        let packet = packets::packet(random, policies);
        if is_runnable(&packet.frame()) {
            return packet;
        }
    }
}

fn compiled(policies: Vec<Policy>, ignores: bool, machine: &SyntheticMachine) -> Set {
    let hosts = hosts_of(&policies);
    let set = Set::with_hosts(policies, machine, hosts);
    if ignores { set.ignoring_marks() } else { set }
}

/// What policies can see of a packet: whom it calls by its address alone.
fn seen(packet: &Packet) -> Seen {
    let seen = packet.seen(test_run_sender());
    let learned = names_of(seen.destination);
    Seen { sender: Sender { learned, ..seen.sender }, ..seen }
}

fn dscp(winner: Option<&Policy>, ignores: bool, packet: &Packet) -> Option<Dscp> {
    given(winner, ignores, Origin::Socket, packet.traffic_class >> 2)
}

/// What is not as it must be while `policies` are in force.
fn difference(
    kernel: &mut Kernel,
    policies: &[Policy],
    ignores: bool,
    packet: &Packet,
    runs: u32,
) -> Option<String> {
    let winner = winner(policies, &seen(packet));
    let expected = packet.frame_with(dscp(winner, ignores, packet));
    let left = kernel.leaves_after(kind(&packet.link), &packet.frame(), runs);
    let name = winner.map(|policy| policy.name.as_str());
    (left != expected).then(|| {
        format!("the winner must be {name:?} and the frame\n{expected:02x?}, but is\n{left:02x?}")
    })
}

/// Fails with the smallest set that shows a difference.
fn explain(
    kernel: &mut Kernel,
    policies: &[Policy],
    ignores: bool,
    packet: &Packet,
    runs: u32,
    machine: &SyntheticMachine,
) -> ! {
    let mut found = |policies: &[Policy]| {
        kernel.replace(&compiled(policies.to_vec(), ignores, machine));
        difference(kernel, policies, ignores, packet, runs)
    };
    let small = shrink(policies, |fewer| found(fewer).is_some());
    let written: String = small.iter().map(text::placed).collect();
    panic!(
        "{:?}\nin the smallest set, marks ignored: {ignores}\n{written}\n{packet:?}, {runs} runs",
        found(&small)
    );
}
