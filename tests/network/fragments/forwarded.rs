//! Fragments that this machine forwards: there is no socket to ask for ports, so that each matches
//! what it can satisfy.

use qos_tests::{
    capture::Frame,
    netns::{FAR, FAR_V4, FAR_V6, Lab, SINK_V4, SINK_V6},
    packet::{Extension, Link, Network, Packet, Part, V4, V6},
    sender::PacketSocket,
};

use crate::{frames::towards_near, scene::Scene};

/// A fragment from the far side to the sink, with `mark` as its payload.
fn fragment(ipv6: bool, part: Part, mark: &[u8]) -> Packet {
    let network = if ipv6 {
        let (source, destination) = (FAR_V6.parse().unwrap(), SINK_V6.parse().unwrap());
        let extensions = vec![Extension::Fragment(part)];
        Network::V6(V6 { source, destination, flow_label: 0, extensions })
    } else {
        let (source, destination) = (FAR_V4.parse().unwrap(), SINK_V4.parse().unwrap());
        Network::V4(V4 { source, destination, options: vec![], part, identification: 9 })
    };
    Packet {
        link: Link::Ethernet(vec![]),
        network,
        traffic_class: 1,
        protocol: 17,
        ports: (4000, 5000),
        payload: mark.to_vec(),
        trailer: vec![],
    }
}

fn assert_marks(policies: &str, first: u8, later: u8) {
    let lab = Lab::new();
    lab.forward();
    let scene = Scene::in_lab(lab, policies);
    let socket = scene.lab.in_far(|| PacketSocket::on(FAR));
    for ipv6 in [false, true] {
        // The first one first, and once more behind the others.
        for (part, mark) in
            [(Part::First, first), (Part::Later, later), (Part::Later, later), (Part::First, first)]
        {
            // As long as first fragments are: a multiple of eight.
            socket.send(&towards_near(&fragment(ipv6, part, b"01234567").frame()));
            let is_ours = |frame: &Frame| frame.bytes.ends_with(b"01234567");
            let ip = scene.capture.take_unverified(1, is_ours)[0].ip().unwrap();
            assert_eq!((ip.dscp(), ip.ecn()), (mark, 1), "IPv6 {ipv6}, {part:?}: {policies}");
        }
    }
}

#[test]
fn a_policy_for_ports_is_for_the_first_alone() {
    assert_marks("[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n", 46, 0);
}

#[test]
fn a_policy_for_addresses_is_for_all() {
    let policies = r#"
        [[policy]]
        name = "addresses"
        destination = ["10.78.0.0/16", "fd78::/32"]
        protocol = "udp"
        dscp = 10
    "#;
    assert_marks(policies, 10, 10);
}

#[test]
fn what_the_first_has_in_more_counts_for_it() {
    let policies = r#"
        [[policy]]
        name = "addresses"
        destination = ["10.78.0.0/16", "fd78::/32"]
        dscp = 10
        [[policy]]
        name = "addresses and ports"
        destination = ["10.78.0.0/16", "fd78::/32"]
        source-port = 4000
        dscp = 20
    "#;
    assert_marks(policies, 20, 10);
}
