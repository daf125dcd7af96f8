//! Marks of the kernel itself: it has sockets too.

use std::net::Ipv4Addr;

use qos_tests::{
    capture::{Frame, Ip},
    netns::{FAR_V4, NEAR_V4},
    sender::{endpoint, udp},
};

use super::{ALLOW, IGNORE};
use crate::scene::Scene;

/// What the kernel gives messages of the network's control: CS6.
const CONTROL: u8 = 0xc0;

fn class(scene: &Scene, wanted: impl Fn(&Ip) -> bool) -> u8 {
    let is_it = |frame: &Frame| frame.ip().is_some_and(|ip| wanted(&ip));
    scene.capture.take(1, is_it)[0].ip().unwrap().traffic_class
}

/// An ICMP message, that a port is closed, holds the kernel's socket.
#[test]
fn count_as_little_where_it_sends_by_a_socket() {
    for (settings, expected) in [(ALLOW, CONTROL), (IGNORE, 0)] {
        let scene = Scene::with(settings);
        let closed = endpoint(NEAR_V4, 5000);
        scene.lab.in_far(|| udp(FAR_V4, 0).send_to(b"x", closed).unwrap());
        let is_unreachable = |ip: &Ip| ip.protocol == 1 && ip.payload.first() == Some(&3);
        assert_eq!(class(&scene, is_unreachable), expected, "{settings}");
    }
}

/// A report of IGMP holds none.
#[test]
fn count_where_it_sends_by_none() {
    for settings in [ALLOW, IGNORE] {
        let scene = Scene::with(settings);
        let near = NEAR_V4.parse().unwrap();
        let member = udp(NEAR_V4, 0);
        member.join_multicast_v4(&Ipv4Addr::new(239, 77, 0, 1), &near).unwrap();
        assert_eq!(class(&scene, |ip| ip.protocol == 2), CONTROL, "{settings}");
    }
}
