//! The matcher of qos-common over compiled sets, in user space: no kernel takes part.

use core::slice;

use qos_common::{
    policy_set::{action, first_match},
    rewrite,
    sender::Sender,
    wire::{self, Unreadable},
};
use qos_loader::policy::Policy;
use qos_tests::{
    generate::{
        machine::{SentOn, SyntheticMachine, hosts_of, names_of},
        packets,
        random::Random,
        senders,
        sets::{as_read, random_policies},
        shrink::shrink,
        text,
    },
    oracle::{self, winner},
    packet::{Link, Network, Packet},
    repeated,
};

use crate::set::Set;

const SETS: u32 = 500;
const PACKETS: usize = 500;

#[test]
fn the_matcher_finds_the_oracles_winner() {
    let machine = SyntheticMachine::new(1);
    let mut matched = [0, 0];
    let mut unmatched = 0;
    // Winners with a URL, and by a host that is said and by one that is known.
    let mut named = [0, 0, 0];
    let sets = u64::from(repeated(SETS));
    for seed in 0..sets {
        let mut random = Random::new(seed);
        let policies = random_policies(seed, &mut random, &machine, true);
        let set = Set::with_hosts(as_read(seed, &policies), &machine, hosts_of(&policies));
        for _packet in 0..PACKETS {
            // Few packets would satisfy one policy by their sender, and the same by what they are.
            let aim = match policies.as_slice() {
                [_, ..] if random.percent(60) => slice::from_ref(random.pick(&policies)),
                all => all,
            };
            let packet = packets::packet(&mut random, aim);
            let sender = senders::sender(&mut random, aim, &machine);
            let sender = connected(&mut random, sender, &packet);
            let winner = winner(&policies, &packet.seen(sender.clone()));
            if let Some(difference) = difference(&set, winner, &packet, &sender, &machine) {
                explain(&difference, &policies, &packet, &sender, &machine);
            }
            let of = winner.map(|policy| &policy.conditions);
            let has_host = of.is_some_and(|of| !of.destination_host.is_empty());
            let has_url = of.is_some_and(|of| !of.url.is_empty());
            let kinds =
                [has_url, has_host && sender.said.is_some(), has_host && sender.said.is_none()];
            named.iter_mut().zip(kinds).for_each(|(count, is)| *count += u64::from(is));
            match (winner, &packet.network) {
                (None, _) => unmatched += 1,
                (Some(_), Network::V4(_)) => matched[0] += 1,
                (Some(_), Network::V6(_)) => matched[1] += 1,
            }
        }
    }
    let pairs = u64::try_from(PACKETS).unwrap() * sets;
    let [v4, v6] = matched;
    println!("{pairs} pairs: {v4} IPv4 and {v6} IPv6 packets matched, {unmatched} did not");
    println!("by URL, said host and known host: {named:?}");
    assert!(v4 + v6 + unmatched == pairs && pairs >= u64::from(repeated(200_000)));
    assert!([v4, v6, unmatched].iter().all(|count| *count > pairs / 10), "too one-sided");
    assert!(named.iter().all(|count| *count > pairs / 200), "too few of a kind");
}

/// The same sender of `packet`. Now and then it does not say whom it calls, or was not told whom it
/// is.
fn connected(random: &mut Random, sender: oracle::Sender, packet: &Packet) -> oracle::Sender {
    let learned = names_of(packet.seen(sender.clone()).destination);
    let said = sender.said.filter(|_| random.percent(60));
    let unnamed = random.percent(10);
    let url = sender
        .url
        .map(|url| oracle::Request { host: if unnamed { String::new() } else { url.host }, ..url });
    oracle::Sender { said, learned, url, ..sender }
}

/// The frame that leaves and the index of the policy that applied.
pub(crate) fn leaves<S: Sender>(
    set: &Set,
    link: u32,
    frame: &[u8],
    sender: &S,
) -> Result<(Vec<u8>, Option<usize>), Unreadable> {
    let packet = wire::read(frame, link)?;
    let image = set.image.words.as_slice();
    let mut frame = frame.to_vec();
    let Some(rule) = first_match(image, &packet.flow, sender) else { return Ok((frame, None)) };
    let action = action(image, Some(rule));
    let policy = usize::try_from(action.slot().unwrap()).unwrap();
    assert_eq!(policy, set.image.rules[usize::try_from(rule).unwrap()]);
    if let Some(dscp) = action.dscp() {
        let start = usize::try_from(packet.offset).unwrap();
        let words = if packet.flow.is_ipv6() {
            rewrite::ipv6(&packet.header, dscp).to_vec()
        } else {
            rewrite::ipv4(&packet.header, dscp).to_vec()
        };
        let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
        frame[start..start + bytes.len()].copy_from_slice(&bytes);
    }
    Ok((frame, Some(policy)))
}

/// The length of the link header.
pub(crate) const fn link_length(link: &Link) -> u32 {
    match link {
        Link::None => wire::link::NONE,
        Link::Ethernet(_) => wire::link::ETHERNET,
    }
}

/// What is not as it must be if `winner` applies to `packet`.
fn difference(
    set: &Set,
    winner: Option<&Policy>,
    packet: &Packet,
    sender: &oracle::Sender,
    machine: &SyntheticMachine,
) -> Option<String> {
    let sender = SentOn::new(machine, sender);
    let found = leaves(set, link_length(&packet.link), &packet.frame(), &sender);
    let (frame, policy) = match found {
        Ok(found) => found,
        Err(error) => return Some(format!("the packet is {error:?}")),
    };
    let found = policy.map(|index| set.policies[index].name.as_str());
    let expected = winner.map(|policy| policy.name.as_str());
    let expected_frame = packet.frame_with(winner.and_then(|policy| policy.actions.dscp));
    (found != expected || frame != expected_frame).then(|| {
        format!(
            "the winner is {found:?}, not {expected:?}; the frame is\n{frame:02x?}, not\n{expected_frame:02x?}"
        )
    })
}

/// Fails with the smallest set that shows a difference.
fn explain(
    first: &str,
    policies: &[Policy],
    packet: &Packet,
    sender: &oracle::Sender,
    machine: &SyntheticMachine,
) -> ! {
    let seen = packet.seen(sender.clone());
    let difference = |policies: &[Policy]| {
        let set = Set::with_hosts(policies.to_vec(), machine, hosts_of(policies));
        difference(&set, winner(policies, &seen), packet, sender, machine)
    };
    let small = shrink(policies, |fewer| difference(fewer).is_some());
    let written: String = small.iter().map(text::placed).collect();
    panic!(
        "{first}\nin the smallest set: {:?}\n{written}\n{packet:?}\n{seen:?}",
        difference(&small)
    );
}
