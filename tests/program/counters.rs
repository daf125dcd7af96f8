//! What is counted of a packet, beside which policy won it (which the random sets check).

use aya::programs::{TestRun as _, TestRunOptions};
use qos_common::counters::{PolicyCounters, Totals};
use qos_loader::kernel::LinkKind;
use qos_tests::{
    generate::{machine::SyntheticMachine, packets, random::Random},
    packet::Link,
};

use crate::{
    kernel::{Kernel, ROOT_CGROUP},
    set::{Set, arguments},
};

/// Where `struct __sk_buff` (include/uapi/linux/bpf.h) has what a test run may set.
const WIRE_LEN: usize = 160;
const GSO_SEGS: usize = 164;
const SK_BUFF: usize = 192;

#[test]
fn a_gso_packet_counts_as_its_segments_and_with_their_bytes() {
    let mut kernel = Kernel::new();
    kernel.replace(&everything());
    let mut random = Random::new(3);
    let mut packet = packets::packet(&mut random, &[]);
    packet.link = Link::Ethernet(Vec::new());
    packet.traffic_class = 0;
    let mut context = [0; SK_BUFF];
    context[WIRE_LEN..WIRE_LEN + 4].copy_from_slice(&30_000_u32.to_ne_bytes());
    context[GSO_SEGS..GSO_SEGS + 4].copy_from_slice(&21_u32.to_ne_bytes());
    let mut left = vec![0; 2048];
    let options = TestRunOptions {
        data_in: Some(&packet.frame()),
        data_out: Some(&mut left),
        ctx_in: Some(&context),
        ..TestRunOptions::default()
    };
    kernel.dataplane.program(LinkKind::Ethernet).unwrap().test_run(options).unwrap();
    let counters = kernel.dataplane.counters().unwrap();
    let expected =
        PolicyCounters { packets: 21, bytes: 30_000, rewritten: 1, unchanged: 0, failed: 0 };
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
    assert_eq!(totals, Totals { unmatched: 3, not_ip: 4, malformed: 5, no_sender: 0 });
}

fn everything() -> Set {
    Set::new(arguments(&["name=all,dscp=EF"]), &SyntheticMachine::new(ROOT_CGROUP))
}
