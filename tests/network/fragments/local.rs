//! Fragments of this machine's own sockets.

use std::{net::UdpSocket, os::fd::AsRawFd as _};

use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrStorage, sendto, socket,
};
use qos_tests::{
    capture::{Capture, dscps},
    netns::{NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    packet::{Link, Network, Packet, Part, V4},
    sender::{endpoint, set_cork, set_header_included, udp},
};

use crate::scene::Scene;

const FAMILIES: [(&str, &str); 2] = [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)];
const BIG: [u8; 4000] = [7; 4000];

const POLICIES: &str = r#"
    [[policy]]
    name = "to"
    destination-port = 5000
    dscp = 10
    [[policy]]
    name = "from"
    source-port = 4001
    dscp = 20
    [[policy]]
    name = "from and to"
    source-port = 4002
    destination-port = 5002
    protocol = "udp"
    dscp = 30
"#;

/// Source port, destination port and mark.
const CASES: [(u16, u16, u8); 5] =
    [(4000, 5000, 10), (4001, 5001, 20), (4002, 5002, 30), (4002, 5003, 0), (4003, 5002, 0)];

/// The marks of a datagram that needs three packets.
fn fragments(capture: &Capture) -> Vec<u8> {
    dscps(&capture.take(3, |frame| frame.ip().is_some_and(|ip| ip.is_fragment)))
}

#[test]
fn of_an_unconnected_socket() {
    let scene = Scene::with(POLICIES);
    for (source, destination) in FAMILIES {
        for (from, to, mark) in CASES {
            let socket = udp(source, from);
            for _ in 0..3 {
                socket.send_to(&BIG, endpoint(destination, to)).unwrap();
                assert_eq!(fragments(&scene.capture), [mark; 3], "{source}:{from} to {to}");
            }
        }
    }
}

#[test]
fn of_a_connected_socket() {
    let scene = Scene::with(POLICIES);
    for (source, destination) in FAMILIES {
        for (from, to, mark) in CASES {
            let socket = udp(source, from);
            socket.connect(endpoint(destination, to)).unwrap();
            for _ in 0..3 {
                socket.send(&BIG).unwrap();
                assert_eq!(fragments(&scene.capture), [mark; 3], "{source}:{from} to {to}");
                // A small one between them: the socket's cache answers for both.
                socket.send(b"small").unwrap();
                assert_eq!(scene.mark_of(to), mark);
            }
        }
    }
}

#[test]
fn of_a_corked_datagram() {
    let scene = Scene::with(POLICIES);
    for (source, destination) in FAMILIES {
        for (from, to, mark) in CASES {
            let socket = udp(source, from);
            socket.connect(endpoint(destination, to)).unwrap();
            set_cork(&socket, true);
            for part in BIG.chunks(500) {
                socket.send(part).unwrap();
            }
            set_cork(&socket, false);
            assert_eq!(fragments(&scene.capture), [mark; 3], "{source}:{from} to {to}");
        }
    }
}

/// What a socket's cache holds of one datagram says nothing of the next.
#[test]
fn of_a_socket_with_many_peers() {
    let scene = Scene::with(POLICIES);
    for (source, destination) in FAMILIES {
        let socket: UdpSocket = udp(source, 4004);
        for (port, mark) in [(5000, 10), (5001, 0), (5000, 10), (5000, 10), (5004, 0), (5001, 0)] {
            socket.send_to(&BIG, endpoint(destination, port)).unwrap();
            assert_eq!(fragments(&scene.capture), [mark; 3], "{source} to {port}");
        }
    }
}

/// The kernel gives a raw socket its protocol's number for a source port.
#[test]
fn of_a_raw_socket_which_has_no_ports() {
    let policies = r#"
        [[policy]]
        name = "what looks like ports"
        source-port = [1, 58]
        dscp = 63
        [[policy]]
        name = "protocol"
        protocol = ["icmp", "icmpv6"]
        dscp = 16
    "#;
    let scene = Scene::with(policies);
    let icmp =
        [(AddressFamily::Inet, SockProtocol::Icmp), (AddressFamily::Inet6, SockProtocol::IcmpV6)];
    for ((family, protocol), (_, destination)) in icmp.into_iter().zip(FAMILIES) {
        let socket = socket(family, SockType::Raw, SockFlag::SOCK_CLOEXEC, protocol).unwrap();
        let there = SockaddrStorage::from(endpoint(destination, 0));
        sendto(socket.as_raw_fd(), &BIG, &there, MsgFlags::empty()).unwrap();
        assert_eq!(fragments(&scene.capture), [16; 3], "{destination}");
    }
}

/// It is of a protocol with ports, but the socket has none: the kernel's number for it is no port.
#[test]
fn of_a_raw_udp_socket_that_writes_its_own_headers() {
    let scene = Scene::with("[[policy]]\nname = \"no port\"\nsource-port = 17\ndscp = 63\n");
    let flags = SockFlag::SOCK_CLOEXEC;
    let socket = socket(AddressFamily::Inet, SockType::Raw, flags, SockProtocol::Udp).unwrap();
    set_header_included(&socket);
    let packet = Packet {
        link: Link::None,
        network: Network::V4(V4 {
            source: NEAR_V4.parse().unwrap(),
            destination: SINK_V4.parse().unwrap(),
            options: vec![],
            part: Part::Later,
            identification: 9,
        }),
        traffic_class: 0,
        protocol: 17,
        ports: (0, 0),
        payload: b"payload".to_vec(),
        trailer: vec![],
    };
    let there = SockaddrStorage::from(endpoint(SINK_V4, 0));
    sendto(socket.as_raw_fd(), &packet.frame(), &there, MsgFlags::empty()).unwrap();
    let fragment = scene.capture.take(1, |frame| frame.ip().is_some_and(|ip| ip.is_fragment));
    assert_eq!(dscps(&fragment), [0]);
}
