//! Every code point over every TOS byte and Traffic Class: the DSCP is the policy's, ECN stays, the
//! checksum is right, and nothing else changes.

use qos_common::dscp::Dscp;
use qos_tests::{
    generate::{machine::SyntheticMachine, pools, random::Random},
    packet::{Link, Network, Packet, Part, V4, V6},
};

use crate::{
    kernel::{Kernel, ROOT_CGROUP, kind},
    set::{Set, arguments},
};

#[test]
fn every_code_point_replaces_every_other_and_keeps_ecn() {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let mut kernel = Kernel::new();
    let mut random = Random::new(64);
    let mut frames = 0;
    for value in 0..=63 {
        let policy = format!("name=all,dscp={value}");
        kernel.replace(&Set::new(arguments(&[&policy]), &machine));
        for traffic_class in 0..=255 {
            for packet in packets(&mut random, traffic_class) {
                let left = kernel.leaves(kind(&packet.link), &packet.frame());
                assert_eq!(left, packet.frame_with(Dscp::new(value)), "DSCP {value}: {packet:?}");
                frames += 1;
            }
        }
    }
    assert_eq!(frames, 64 * 256 * 4);
}

/// UDP over both families, over Ethernet and alone.
fn packets(random: &mut Random, traffic_class: u8) -> [Packet; 4] {
    let v4 = V4 {
        source: pools::v4(random),
        destination: pools::v4(random),
        options: vec![random.byte(); 4 * random.within(0..=10)],
        part: Part::Whole,
        identification: random.port(0..=65_535),
    };
    let v6 = V6 {
        source: pools::v6(random),
        destination: pools::v6(random),
        flow_label: 0xf_0f0f,
        extensions: Vec::new(),
    };
    let packet = |link, network| Packet {
        link,
        network,
        traffic_class,
        protocol: 17,
        ports: (1024, 443),
        // So long that what a test run takes for an IP header behind 14 bytes is whole.
        payload: vec![0x11; 20],
        trailer: Vec::new(),
    };
    [
        packet(Link::Ethernet(Vec::new()), Network::V4(v4.clone())),
        packet(Link::None, Network::V4(v4)),
        packet(Link::Ethernet(Vec::new()), Network::V6(v6.clone())),
        packet(Link::None, Network::V6(v6)),
    ]
}
