//! Users: the owner of the socket decides, and where there is no socket nobody does.

use std::net::TcpListener;

use nix::unistd::{Uid, fchown};
use qos_tests::{
    capture::{Frame, dscps},
    netns::{FAR, FAR_V4, Lab, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{PacketSocket, endpoint, process::Process, tcp, udp},
};

use crate::{connection, frames::forwarded_udp, scene::Scene};

const NOBODY: u32 = 65_534;
const GAMES: u32 = 5;

const POLICIES: &str = r#"
    [[policy]]
    name = "a name and a number"
    user = ["nobody", 5]
    dscp = 10
    [[policy]]
    name = "a name"
    user = "root"
    destination-port = "6000:6999"
    dscp = 20
"#;

#[test]
fn a_process_is_marked_as_its_user() {
    let scene = Scene::with(POLICIES);
    for destination in [SINK_V4, SINK_V6] {
        for (port, user, mark) in [
            (5000, Some(NOBODY), 10),
            (5001, Some(GAMES), 10),
            (5002, Some(GAMES + 1), 0),
            (5003, None, 0),
            (6000, None, 20),
            (6001, Some(NOBODY), 10),
            (6002, Some(GAMES + 1), 0),
        ] {
            Process { user, ..Process::default() }.send(destination, port);
            assert_eq!(scene.mark_of(port), mark, "{user:?} to {destination} {port}");
        }
    }
}

#[test]
fn every_packet_of_a_users_connection() {
    let scene = Scene::with(POLICIES);
    let listener = scene.lab.in_far(|| TcpListener::bind(endpoint(FAR_V4, 5000)).unwrap());
    Process { user: Some(GAMES), ..Process::default() }.connect(FAR_V4, 5000);
    let server = tcp::accept(&listener);
    let mut packets = Vec::new();
    let is_fin = |frame: &Frame| frame.ip().is_some_and(|ip| ip.flags.1);
    while !packets.iter().any(is_fin) {
        packets.extend(scene.capture.to_port(5000, 1));
    }
    assert_eq!(dscps(&packets), vec![10; packets.len()], "{packets:#?}");
    drop(server);
}

/// A SYN-ACK has no socket of its own yet: its listener's owner sends it.
#[test]
fn a_syn_ack_is_of_the_listeners_owner() {
    let scene = Scene::with(POLICIES);
    for address in [NEAR_V4, NEAR_V6] {
        let here = endpoint(address, 7000);
        let listener = TcpListener::bind(here).unwrap();
        fchown(&listener, Some(Uid::from_raw(GAMES)), None).unwrap();
        connection::talk(&listener, || scene.lab.in_far(|| tcp::connect(here)));
        let is_syn = |frame: &Frame| frame.ip().is_some_and(|ip| ip.flags.0);
        assert_eq!(dscps(&scene.capture.take(1, is_syn)), [10], "{address}");
    }
}

/// The socket's cache must not keep what was right for the owner before.
#[test]
fn a_socket_that_changes_hands() {
    let scene = Scene::with(POLICIES);
    let socket = udp(NEAR_V4, 0);
    socket.connect(endpoint(SINK_V4, 5000)).unwrap();
    for (owner, mark) in [(0, 0), (GAMES, 10), (0, 0), (NOBODY, 10)] {
        fchown(&socket, Some(Uid::from_raw(owner)), None).unwrap();
        for _ in 0..3 {
            socket.send(b"x").unwrap();
            assert_eq!(scene.mark_of(5000), mark, "owned by {owner}");
        }
    }
}

/// The kernel says 65534 of a packet without a socket, which is no owner.
#[test]
fn a_packet_without_a_socket_is_nobodys() {
    let lab = Lab::new();
    lab.forward();
    let scene = Scene::in_lab(lab, "[[policy]]\nname = \"nobody\"\nuser = \"nobody\"\ndscp = 10\n");
    let injector = scene.lab.in_far(|| PacketSocket::on(FAR));
    injector.send(&forwarded_udp(FAR_V4, SINK_V4, 5000));
    injector.send(&forwarded_udp("fd77::2", SINK_V6, 5001));
    assert_eq!([scene.mark_of(5000), scene.mark_of(5001)], [0, 0]);
    // The policy works: a packet with a socket of that user is marked.
    Process { user: Some(NOBODY), ..Process::default() }.send(SINK_V4, 5002);
    assert_eq!(scene.mark_of(5002), 10);
}
