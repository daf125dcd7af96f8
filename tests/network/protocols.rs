//! Transport protocols: which have ports, and which are told apart by their number.

use std::net::IpAddr;

use qos_tests::{
    netns::{NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6, address},
    packet::{Link, Network, Packet, Part, V4, V6},
    sender::PacketSocket,
};

use crate::scene::Scene;

pub(crate) const PAYLOAD: [u8; 8] = *b"payload!";
/// Ports that a policy is for: where a protocol has none, its first bytes look like these.
const PORTS: (u16, u16) = (4000, 5000);

/// A packet of a protocol, in both families.
pub(crate) fn packets(protocol: u8) -> [Packet; 2] {
    [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)].map(|(source, destination)| {
        let network = match (address(source), address(destination)) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                let (part, identification) = (Part::Whole, 0);
                Network::V4(V4 { source, destination, options: vec![], part, identification })
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                Network::V6(V6 { source, destination, flow_label: 0, extensions: vec![] })
            }
            _ => unreachable!("the constants are of the same family"),
        };
        let ports = [PORTS.0.to_be_bytes(), PORTS.1.to_be_bytes()].concat();
        Packet {
            link: Link::Ethernet(vec![]),
            network,
            traffic_class: 0,
            protocol,
            ports: PORTS,
            payload: [ports, PAYLOAD.to_vec()].concat(),
            trailer: vec![],
        }
    })
}

#[track_caller]
fn assert_marks(policies: &str, cases: &[(u8, u8)]) {
    let scene = Scene::with(policies);
    let socket = PacketSocket::on(NEAR);
    for (protocol, mark) in cases {
        for packet in packets(*protocol) {
            socket.send(&packet.frame());
            let arrived = scene.capture.take_unverified(1, |frame| frame.bytes.ends_with(&PAYLOAD));
            let expected = packet.frame_with(qos_common::dscp::Dscp::new(*mark));
            assert_eq!(arrived[0].bytes, expected, "protocol {protocol}");
        }
    }
}

#[test]
fn with_ports_and_without() {
    let policies =
        "[[policy]]\nname = \"p\"\nsource-port = 4000\ndestination-port = 5000\ndscp = 46\n";
    // TCP, UDP, DCCP, SCTP and UDP-Lite; then GRE, ESP and one of nobody.
    let cases = [(6, 46), (17, 46), (33, 46), (132, 46), (136, 46), (47, 0), (50, 0), (253, 0)];
    assert_marks(policies, &cases);
}

#[test]
fn by_name_and_number() {
    let policies = r#"
        [[policy]]
        name = "one"
        protocol = ["sctp", 47]
        dscp = 10
        [[policy]]
        name = "messages"
        protocol = ["icmp", "icmpv6"]
        dscp = 16
        [[policy]]
        name = "both"
        protocol = "tcp+udp"
        dscp = 20
    "#;
    let cases = [(6, 20), (17, 20), (132, 10), (47, 10), (1, 16), (58, 16), (136, 0), (255, 0)];
    assert_marks(policies, &cases);
}
