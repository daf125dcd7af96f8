//! What is counted of a packet, beside which policy won it (which the random sets check).

use qos_common::counters::{PolicyCounters, Totals};
use qos_loader::kernel::LinkKind;
use qos_tests::{
    generate::{machine::SyntheticMachine, packets, random::Random},
    packet::Link,
};

use crate::{
    kernel::{Kernel, Known, ROOT_CGROUP},
    set::{Set, arguments},
};

#[test]
fn a_gso_packet_counts_as_its_segments_and_with_their_bytes() {
    let mut kernel = Kernel::new();
    kernel.replace(&everything());
    let mut random = Random::new(3);
    let mut packet = packets::packet(&mut random, &[]);
    packet.link = Link::Ethernet(Vec::new());
    packet.traffic_class = 0;
    let known = Known { length: 30_000, segments: 21 };
    kernel.passes(LinkKind::Ethernet, &packet.frame(), known, 1).unwrap();
    let counters = kernel.dataplane.counters().unwrap();
    let expected =
        PolicyCounters { packets: 21, bytes: 30_000, rewritten: 1, ..PolicyCounters::default() };
    assert_eq!(counters[0], expected);
    assert!(counters[1..].iter().all(|other| *other == PolicyCounters::default()));
}

#[test]
fn what_no_policy_applies_to_is_counted_by_reason() {
    let mut kernel = Kernel::new();
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    kernel.replace(&Set::new(arguments(&["name=other,dscp=EF,user=4242"]), &machine));
    let mut random = Random::new(5);
    let mut packet = packets::packet(&mut random, &[]);
    packet.link = Link::Ethernet(Vec::new());
    let ip = packet.frame();
    let [mut arp, mut wrong_version] = [ip.clone(), ip.clone()];
    arp[12..14].copy_from_slice(&[0x08, 0x06]);
    wrong_version[14] = 0x55;
    for (frame, times) in [(&ip, 3), (&arp, 4), (&wrong_version, 5)] {
        for _time in 0..times {
            assert_eq!(&kernel.leaves(LinkKind::Ethernet, frame), frame);
        }
    }
    let totals = kernel.dataplane.totals().unwrap();
    assert_eq!(totals, Totals { unmatched: 3, not_ip: 4, malformed: 5 });
}

fn everything() -> Set {
    Set::new(arguments(&["name=all,dscp=EF"]), &SyntheticMachine::new(ROOT_CGROUP))
}
