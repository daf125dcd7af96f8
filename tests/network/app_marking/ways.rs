//! The ways in which a program can mark what it sends.

use std::{
    io::IoSlice,
    net::{IpAddr, SocketAddr, UdpSocket},
    os::fd::AsRawFd as _,
};

use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrStorage,
    sendmsg, sendto, socket,
};
use qos_tests::{
    capture::Frame,
    netns::{FAR_MAC, NEAR, NEAR_MAC, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    packet::{Link, Network, Packet, Part, V4, V6},
    sender::{PacketSocket, endpoint, set_header_included, set_traffic_class, udp},
};

use super::{ALLOW, IGNORE};
use crate::scene::Scene;

/// Sends something with this traffic class from the first address to the other, at this port.
type Way = fn(&str, SocketAddr, u8);

const WAYS: [(&str, Way); 4] = [
    ("setsockopt", by_option),
    ("a control message", by_control_message),
    ("a header of one's own", by_header),
    ("a packet socket", by_frame),
];

#[test]
fn all_are_ignored() {
    for (settings, ignores) in [(ALLOW, false), (IGNORE, true)] {
        let scene = Scene::with(settings);
        let mut port = 5000;
        for (name, send) in WAYS {
            for (source, sink) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
                for class in [0xb8, 0x29, 0x02, 0xff] {
                    port += 1;
                    send(source, endpoint(sink, port), class);
                    let expected = if ignores { class & 3 } else { class };
                    // The frames of two of these have no transport checksum.
                    let to_port = |frame: &Frame| {
                        frame.ip().is_some_and(|ip| ip.destination_port() == Some(port))
                    };
                    let frame = scene.capture.take_unverified(1, to_port).remove(0);
                    let left = frame.ip().unwrap().traffic_class;
                    assert_eq!(left, expected, "{name}, {source}, {class:#x}");
                }
            }
        }
    }
}

fn by_option(source: &str, to: SocketAddr, class: u8) {
    let socket = udp(source, 0);
    set_traffic_class(&socket, source, class);
    socket.send_to(b"x", to).unwrap();
}

fn by_control_message(source: &str, to: SocketAddr, class: u8) {
    let socket: UdpSocket = udp(source, 0);
    let wide = i32::from(class);
    let message = match to {
        SocketAddr::V4(_) => ControlMessage::Ipv4Tos(&class),
        SocketAddr::V6(_) => ControlMessage::Ipv6TClass(&wide),
    };
    let to = SockaddrStorage::from(to);
    let data = [IoSlice::new(b"x")];
    sendmsg(socket.as_raw_fd(), &data, &[message], MsgFlags::empty(), Some(&to)).unwrap();
}

/// A raw socket, whose packets have the header that is in them.
fn by_header(source: &str, to: SocketAddr, class: u8) {
    let family = if to.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    // A socket of `IPPROTO_RAW` has the header included in both families.
    let raw = SockFlag::SOCK_CLOEXEC;
    let socket = socket(family, SockType::Raw, raw, Some(SockProtocol::Raw));
    let socket = socket.unwrap();
    if to.is_ipv4() {
        set_header_included(&socket);
    }
    let ip = packet(source, &to.ip().to_string(), to.port(), class);
    let bytes = Packet { link: Link::None, ..ip }.frame();
    let to = SockaddrStorage::from(SocketAddr::new(to.ip(), 0));
    sendto(socket.as_raw_fd(), &bytes, &to, MsgFlags::empty()).unwrap();
}

fn by_frame(source: &str, to: SocketAddr, class: u8) {
    let frame = packet(source, &to.ip().to_string(), to.port(), class).frame();
    PacketSocket::on(NEAR).send(&[&FAR_MAC, &NEAR_MAC, &frame[12..]].concat());
}

/// A UDP packet in a frame.
pub(super) fn packet(source: &str, destination: &str, port: u16, traffic_class: u8) -> Packet {
    let addresses: (IpAddr, IpAddr) = (source.parse().unwrap(), destination.parse().unwrap());
    let network = match addresses {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let (options, part) = (Vec::new(), Part::Whole);
            Network::V4(V4 { source, destination, options, part, identification: 7 })
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            Network::V6(V6 { source, destination, flow_label: 0, extensions: Vec::new() })
        }
        _ => unreachable!("both are of one family"),
    };
    Packet {
        link: Link::Ethernet(Vec::new()),
        network,
        traffic_class,
        protocol: 17,
        ports: (4000, port),
        payload: b"payload".to_vec(),
        trailer: Vec::new(),
    }
}
