//! A set of 10,000 policies: the counters say which one won, for code points can't.

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

const PACKETS: u32 = 4_000;

#[test]
fn the_right_one_of_ten_thousand_policies_wins() {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let mut random = Random::new(10_000);
    // Lists would make more rules than a set can have.
    let shape = Shape { policies: 10_000, least: 3, longest: 1, enforced_only: true };
    let mut policies = policies(&mut random, &machine, shape);
    // Policies for users and cgroups beat all others.
    for policy in policies.iter_mut().filter(|_| random.percent(95)) {
        policy.conditions.user.clear();
        policy.conditions.cgroup.clear();
    }
    let set = Set::new(policies, &machine);
    let mut kernel = Kernel::new();
    kernel.replace(&set);
    let mut expected = Counted::nothing(MAX_POLICIES as usize);
    let mut winners = std::collections::BTreeSet::new();
    for _packet in 0..repeated(PACKETS) {
        let packet = packets::packet(&mut random, &set.policies);
        let winner = winner(&set.policies, &packet.seen(test_run_sender()));
        let leaves = packet.frame_with(winner.and_then(|policy| policy.actions.dscp));
        assert_eq!(kernel.leaves(kind(&packet.link), &packet.frame()), leaves, "{packet:?}");
        let policy = winner.map(|winner| set.index(&winner.name));
        expected.add(policy, leaves != packet.frame(), 1);
        winners.extend(policy);
    }
    assert_eq!(Counted::by(&kernel.dataplane), expected);
    println!("{} different policies won {} packets", winners.len(), repeated(PACKETS));
    assert!(winners.len() > repeated(300) as usize);
}
