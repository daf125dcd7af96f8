//! Sets of 1,000 and of 10,000 policies that replace each other: the counters say which policy won,
//! for code points can't.

use std::collections::BTreeSet;

use qos_common::counters::MAX_POLICIES;
use qos_tests::{
    generate::{
        machine::SyntheticMachine,
        packets,
        policies::{Shape, policies},
        random::Random,
    },
    oracle::winner,
    repeated,
};

use super::{Kernel, ROOT_CGROUP, expected::Counted, kind, test_run_sender};
use crate::set::Set;

const SIZES: [usize; 2] = [1_000, 10_000];
/// How often each set is in force, and for how many packets.
const SWAPS: u32 = 80;
const PACKETS: usize = 50;

#[test]
fn the_right_policy_wins_across_swaps() {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let mut random = Random::new(10_000);
    let sets = SIZES.map(|size| large(size, &mut random, &machine));
    let mut kernel = Kernel::new();
    let mut expected = Counted::nothing(MAX_POLICIES as usize);
    let mut winners = [BTreeSet::new(), BTreeSet::new()];
    for _swap in 0..repeated(SWAPS) {
        for (set, winners) in sets.iter().zip(&mut winners) {
            kernel.replace(set);
            for _packet in 0..PACKETS {
                let packet = packets::packet(&mut random, &set.policies);
                let winner = winner(&set.policies, &packet.seen(test_run_sender()));
                let leaves = packet.frame_with(winner.and_then(|policy| policy.actions.dscp));
                assert_eq!(
                    kernel.leaves(kind(&packet.link), &packet.frame()),
                    leaves,
                    "{packet:?}"
                );
                let policy = winner.map(|winner| set.index(&winner.name));
                expected.add(policy, leaves != packet.frame(), 1);
                winners.extend(policy);
            }
        }
    }
    assert_eq!(Counted::by(&kernel.dataplane), expected);
    let winners = winners.map(|winners| winners.len());
    println!("{winners:?} different policies of {SIZES:?} won");
    assert!(winners.iter().all(|different| *different > repeated(200) as usize));
}

fn large(size: usize, random: &mut Random, machine: &SyntheticMachine) -> Set {
    // Lists would make more rules than a set can have.
    let shape = Shape { policies: size, least: 3, longest: 1, enforced_only: true };
    let mut policies = policies(random, machine, shape);
    // Policies for users and cgroups beat all others.
    for policy in policies.iter_mut().filter(|_| random.percent(95)) {
        policy.conditions.user.clear();
        policy.conditions.cgroup.clear();
    }
    Set::new(policies, machine)
}
