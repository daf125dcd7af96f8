//! Marks that applications set themselves, where the settings ignore them, and policies that keep
//! them. The congestion bits beside them are not theirs.

mod ways;

use std::net::TcpListener;

use qos_tests::{
    capture::{Frame, dscps},
    netns::{FAR, FAR_V4, FAR_V6, Lab, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{PacketSocket, endpoint, set_traffic_class, tcp, udp},
};

use crate::{connection::talk, frames::towards_near, scene::Scene};

const IGNORE: &str = "settings = { app-marking = \"ignore\" }\n";
const ALLOW: &str = "settings = { app-marking = \"allow\" }\n";

/// A policy for packets to this port.
fn policy(port: u16, actions: &str) -> String {
    format!("[[policy]]\nname = \"{port}\"\ndestination-port = {port}\n{actions}\n")
}

/// The traffic class of the one packet that is sent to a port.
fn class_to(scene: &Scene, port: u16) -> u8 {
    scene.packet_to(port).ip().unwrap().traffic_class
}

#[test]
fn of_every_packet_of_a_connection_that_is_opened_here() {
    let scene = Scene::with(IGNORE);
    for (address, port) in [(FAR_V4, 5000), (FAR_V6, 5001)] {
        let there = endpoint(address, port);
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        talk(&listener, || {
            tcp::connect_by(there, |socket| set_traffic_class(socket, address, 0xb8))
        });
        let packets = scene.capture.to_port(port, 4);
        assert!(packets[0].ip().unwrap().flags.0, "the first packet is no SYN");
        assert_eq!(dscps(&packets), [0; 4], "{address}");
    }
}

#[test]
fn of_every_packet_of_a_connection_that_is_opened_there() {
    let scene = Scene::with(IGNORE);
    for (address, port) in [(NEAR_V4, 5000), (NEAR_V6, 5001)] {
        let here = endpoint(address, port);
        let listener = TcpListener::bind(here).unwrap();
        // Those that it accepts have it too.
        set_traffic_class(&listener, address, 0xb8);
        talk(&listener, || scene.lab.in_far(|| tcp::connect(here)));
        let is_ours = |frame: &Frame| frame.ip().is_some_and(|ip| ip.source_port() == Some(port));
        let packets = scene.capture.take(4, is_ours);
        assert!(packets[0].ip().unwrap().flags.0, "the first packet is no SYN-ACK");
        assert_eq!(dscps(&packets), [0; 4], "{address}");
    }
}

/// What other machines send is theirs, whether a policy knows it or not.
#[test]
fn of_what_is_forwarded_stay() {
    let lab = Lab::new();
    lab.forward();
    let scene = Scene::in_lab(lab, &format!("{IGNORE}{}", policy(5000, "dscp = 10")));
    let socket = scene.lab.in_far(|| PacketSocket::on(FAR));
    for (from, to) in [(FAR_V4, SINK_V4), (FAR_V6, SINK_V6)] {
        for (port, expected) in [(5001, 0xb9), (5000, 10 << 2 | 1)] {
            socket.send(&towards_near(&ways::packet(from, to, port, 0xb9).frame()));
            let frame = scene.capture.take_unverified(1, |frame| {
                frame.ip().is_some_and(|ip| ip.destination_port() == Some(port))
            });
            assert_eq!(frame[0].ip().unwrap().traffic_class, expected, "{from} to {port}");
        }
    }
}

/// A reload counts at once, also for a socket that knows its answer.
#[test]
fn count_again_after_a_reload() {
    let scene = Scene::with(ALLOW);
    for (source, sink) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
        let socket = udp(source, 0);
        set_traffic_class(&socket, source, 0xb9);
        socket.connect(endpoint(sink, 5000)).unwrap();
        for (settings, expected) in [(IGNORE, 1), (ALLOW, 0xb9), (IGNORE, 1), ("", 0xb9)] {
            scene.loader.replace(settings);
            for _packet in 0..2 {
                socket.send(b"x").unwrap();
                assert_eq!(class_to(&scene, 5000), expected, "{source}, {settings}");
            }
        }
    }
}

/// `keep-marked` is for packets of its policy, wherever they get their mark from.
#[test]
fn are_kept_by_a_policy_that_says_so() {
    let policies = [
        policy(5000, "dscp = 46\nkeep-marked = true"),
        policy(5001, "dscp = 46"),
        policy(5002, "dscp = 0\nkeep-marked = true"),
    ]
    .concat();
    for (settings, unmatched) in [("", 0x29), (IGNORE, 1)] {
        let scene = Scene::with(&format!("{settings}{policies}"));
        for (source, sink) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
            let class = |port, carried| {
                let socket = udp(source, 0);
                set_traffic_class(&socket, source, carried);
                socket.send_to(b"x", endpoint(sink, port)).unwrap();
                class_to(&scene, port)
            };
            let cases = [
                (5000, 0x29, 0x29),
                (5000, 0x01, 46 << 2 | 1),
                (5001, 0x29, 46 << 2 | 1),
                (5002, 0x29, 0x29),
                (5002, 0x01, 0x01),
                (5003, 0x29, unmatched),
            ];
            for (port, carried, expected) in cases {
                assert_eq!(class(port, carried), expected, "{settings} {source} to {port}");
            }
        }
    }
}
