//! Headers with more than the usual in them: options, extension headers and tags. The mark is at
//! the right place, and all else in the frame is as it was.

use std::net::IpAddr;

use qos_common::dscp::Dscp;
use qos_tests::{
    capture::dscps,
    netns::{NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    packet::{
        Extension as Header, Link, Network, Packet, Part, V4, V6,
        link::{QINQ, VLAN},
    },
    sender::{Extension, PacketSocket, add_v6_extension, endpoint, set_v4_options, udp},
};

use crate::scene::Scene;

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = \"5000:5999\"\ndscp = 46\n";
const PORTS: [(u16, Option<u8>); 2] = [(5000, Some(46)), (6000, None)];

/// No-operation (RFC 791), with which options are filled up.
const NOP: u8 = 1;

#[test]
fn options_and_extension_headers_of_a_socket() {
    let scene = Scene::with(POLICIES);
    for (port, mark) in PORTS {
        for length in [4, 40] {
            let socket = udp(NEAR_V4, 0);
            set_v4_options(&socket, &vec![NOP; length]);
            socket.send_to(b"x", endpoint(SINK_V4, port)).unwrap();
            let frame = scene.packet_to(port);
            assert_eq!(
                usize::from(frame.bytes[14] & 0xf) * 4,
                20 + length,
                "no options: {frame:?}"
            );
            assert_eq!(dscps(&[frame]), [mark.unwrap_or(0)]);
        }
        let chains: [&[Extension]; 3] = [
            &[Extension::HopByHop],
            &[Extension::Destination],
            &[Extension::HopByHop, Extension::Destination],
        ];
        for chain in chains {
            let socket = udp(NEAR_V6, 0);
            for extension in chain {
                add_v6_extension(&socket, *extension);
            }
            socket.send_to(b"x", endpoint(SINK_V6, port)).unwrap();
            let frame = scene.packet_to(port);
            assert_eq!(frame.bytes.len(), 14 + 40 + 8 * chain.len() + 8 + 1, "{frame:?}");
            assert_eq!(dscps(&[frame]), [mark.unwrap_or(0)], "{chain:?}");
        }
    }
}

/// The frames' tags are in their bytes, as a program with a packet socket or a bridge sends them.
#[test]
fn tags_options_and_extension_headers_in_the_frame() {
    let scene = Scene::with(POLICIES);
    let socket = PacketSocket::on(NEAR);
    for tags in [vec![], vec![VLAN], vec![QINQ], vec![QINQ, VLAN], vec![VLAN, VLAN]] {
        for network in networks() {
            for traffic_class in [0, 0x03, 0x29] {
                for (port, mark) in PORTS {
                    let packet = Packet {
                        link: Link::Ethernet(tags.clone()),
                        network: network.clone(),
                        traffic_class,
                        protocol: 17,
                        ports: (4000, port),
                        payload: b"payload".to_vec(),
                        trailer: Vec::new(),
                    };
                    socket.send(&packet.frame());
                    let arrived =
                        scene.capture.take_unverified(1, |frame| frame.bytes.ends_with(b"payload"));
                    let expected = packet.frame_with(mark.and_then(Dscp::new));
                    assert_eq!(arrived[0].bytes, expected, "{packet:?}");
                }
            }
        }
    }
}

fn networks() -> Vec<Network> {
    let [IpAddr::V4(source), IpAddr::V4(destination)] = [NEAR_V4, SINK_V4].map(parse) else {
        unreachable!("both are IPv4")
    };
    let v4 = |length| {
        let options = vec![NOP; length];
        Network::V4(V4 { source, destination, options, part: Part::Whole, identification: 7 })
    };
    let [IpAddr::V6(source), IpAddr::V6(destination)] = [NEAR_V6, SINK_V6].map(parse) else {
        unreachable!("both are IPv6")
    };
    let v6 = |extensions| Network::V6(V6 { source, destination, flow_label: 0xabcde, extensions });
    vec![
        v4(0),
        v4(8),
        v4(40),
        v6(vec![]),
        v6(vec![Header::Options(0, 0)]),
        v6(vec![Header::Options(43, 2), Header::Options(60, 1)]),
        v6(vec![Header::Authentication(3), Header::Options(135, 0)]),
        v6(vec![Header::Fragment(Part::Whole)]),
    ]
}

fn parse(address: &str) -> IpAddr {
    address.parse().unwrap()
}
