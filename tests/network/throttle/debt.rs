//! The burst is what leaves, to a packet, and a second pays off the next.

use std::time::Instant;

use qos_tests::{
    capture::Frame,
    netns::{FAR, Lab, NEAR_V4, NEAR_V6, SINK_V4},
    sender::{Extension, PacketSocket, add_v6_extension, endpoint, udp},
};

use super::{BURST, LENGTH, RATE, arrived, arrived_at, expected, from_far, send};
use crate::scene::Scene;

fn slow(name: &str, port: u16, actions: &str) -> String {
    format!("[[policy]]\nname = \"{name}\"\ndestination-port = {port}\n{actions}\n")
}

#[test]
fn a_burst_leaves_and_what_is_beside_it_is_not_held_up() {
    let scene = Scene::with(&slow("slow", 5000, "throttle = \"8 kbit\""));
    let since = Instant::now();
    for _round in 0..5 {
        send(NEAR_V4, SINK_V4, 5000, LENGTH, 100);
        send(NEAR_V4, SINK_V4, 6000, LENGTH, 100);
    }
    let [slow, free] = arrived_at(&scene.capture, [5000, 6000]);
    assert!(expected(BURST, since).contains(&slow), "{slow} packets");
    assert_eq!(free, 500);
}

/// Fragments and extension headers, and both families together.
#[test]
fn whatever_packets_they_are() {
    let scene = Scene::with(
        "[[policy]]\nname = \"slow\"\nprotocol = \"udp\"\n\
                             destination = [\"10.78.1.0/24\", \"fd78:0:1::/48\"]\n\
                             throttle = \"8 kbit\"\ndscp = 46\n",
    );
    let since = Instant::now();
    let v6 = udp(NEAR_V6, 0);
    add_v6_extension(&v6, Extension::Destination);
    let v4 = udp(NEAR_V4, 0);
    for _datagram in 0..60 {
        v6.send_to(&[0; 3_000], endpoint("fd78:0:1::7", 5000)).unwrap();
        v4.send_to(&[0; 3_000], endpoint("10.78.1.7", 5000)).unwrap();
    }
    let frames = arrived(&scene.capture);
    let is_ours = |destination: &str| {
        let frames = frames.iter().filter(move |frame| {
            frame.ip().is_some_and(|ip| ip.destination.to_string() == destination)
        });
        frames.map(|frame| frame.bytes.len() as u64).sum::<u64>()
    };
    let (v4, v6) = (is_ours("10.78.1.7"), is_ours("fd78:0:1::7"));
    let most = BURST + 1_514 + (since.elapsed().as_secs() + 1) * RATE;
    assert!((BURST..=most).contains(&(v4 + v6)), "{v4} and {v6} of {most}");
    assert!(v4.min(v6) > BURST / 4, "{v4} and {v6}");
}

#[test]
fn a_policy_may_mark_or_throttle_or_both() {
    let policies = [
        slow("both", 5000, "throttle = \"8 kbit\"\ndscp = 46"),
        slow("throttle", 5001, "throttle = \"8 kbit\""),
        slow("mark", 5002, "dscp = 8"),
    ];
    let scene = Scene::with(&policies.concat());
    let since = Instant::now();
    for port in [5000, 5001, 5002] {
        send(NEAR_V4, SINK_V4, port, LENGTH, 300);
    }
    let frames = arrived(&scene.capture);
    let marks = |port| {
        let ips = frames.iter().filter_map(Frame::ip);
        let ips = ips.filter(move |ip| ip.destination_port() == Some(port));
        ips.map(|ip| ip.dscp()).collect::<Vec<u8>>()
    };
    for (port, mark) in [(5000, 46), (5001, 0)] {
        let marks = marks(port);
        assert!(expected(BURST, since).contains(&(marks.len() as u64)), "{}", marks.len());
        assert!(marks.iter().all(|one| *one == mark), "{port}: {marks:?}");
    }
    assert_eq!(marks(5002), [8; 300]);
}

/// A reload is no new burst, whatever else changes; another rate has one of its own.
#[test]
fn goes_on_over_a_reload_unless_the_rate_changes() {
    let with = |actions: &str, more: &str| [more, &slow("slow", 5000, actions)].concat();
    let scene = Scene::with(&with("throttle = \"8 kbit\"", ""));
    let since = Instant::now();
    let again = |count: usize| {
        send(NEAR_V4, SINK_V4, 5000, LENGTH, count);
        arrived_at(&scene.capture, [5000])[0]
    };
    let first = again(300);
    assert!(expected(BURST, since).contains(&first), "{first} packets");

    scene.loader.replace(&with("throttle = \"8 kbit\"\ndscp = 46", ""));
    scene.loader.replace(&with("throttle = \"8 kbit\"", &slow("other", 6000, "dscp = 1")));
    // The same, in other words.
    scene.loader.reload(&with("throttle = \"8kbit\"", &slow("other", 6000, "dscp = 1")));
    scene.loader.wait_for_log("event=1650");
    let more = again(300);
    assert!(expected(BURST, since).contains(&(first + more)), "{more} packets after a reload");

    let before = Instant::now();
    scene.loader.replace(&with("throttle = \"16 kbit\"", ""));
    let more = again(300);
    let most = *expected(BURST, before).end() + 2 * before.elapsed().as_secs();
    let least = BURST / LENGTH as u64;
    assert!((least..=most).contains(&more), "{more} packets at another rate");

    scene.loader.replace(&with("dscp = 46", ""));
    assert_eq!(again(300), 300);
    // It was away, so that this is one anew.
    let before = Instant::now();
    scene.loader.replace(&with("throttle = \"8 kbit\"", ""));
    let more = again(300);
    assert!(expected(BURST, before).contains(&more), "{more} packets");
}

/// What is forwarded has no sender, and is charged all the same.
#[test]
fn forwarded_packets_are_charged() {
    let lab = Lab::new();
    lab.forward();
    let scene = Scene::in_lab(lab, &slow("slow", 5000, "throttle = \"8 kbit\""));
    let frame = from_far(5000, LENGTH);
    let socket = scene.lab.in_far(|| PacketSocket::on(FAR));
    let since = Instant::now();
    (0..300).for_each(|_| socket.send(&frame));
    let [slow] = arrived_at(&scene.capture, [5000]);
    assert!(expected(BURST, since).contains(&slow), "{slow} packets");
}
