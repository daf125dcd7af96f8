//! What is no IP packet, or a broken one, leaves as it came and is counted.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::{Capture, Frame},
    loader::Loader,
    netns::{FAR_MAC, Lab, NEAR, NEAR_MAC, NEAR_V4, SINK_V4},
    sender::{PacketSocket, endpoint, udp},
};

use crate::scene::Scene;

/// Everything that can be marked is.
const EVERYTHING: &str = "[[policy]]\nname = \"everything\"\ndscp = 46\n";
/// The end of each frame, so that it is known again.
const END: &[u8] = b"end.";

fn frame(ethertype: u16, parts: &[&[u8]]) -> Vec<u8> {
    let ethertype = ethertype.to_be_bytes();
    [&[FAR_MAC.as_slice(), &NEAR_MAC, &ethertype], parts, &[END]].concat().concat()
}

/// An IPv4 header for a packet of `total` bytes.
fn v4(first: u8, total: u16, protocol: u8) -> Vec<u8> {
    let [t0, t1] = total.to_be_bytes();
    vec![first, 0, t0, t1, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 77, 0, 1, 10, 78, 0, 2]
}

/// An IPv6 header with `payload` bytes to follow.
fn v6(first: u8, payload: u16, next: u8) -> Vec<u8> {
    let [p0, p1] = payload.to_be_bytes();
    let mut header = vec![0; 40];
    header[..8].copy_from_slice(&[first, 0, 0, 0, p0, p1, next, 64]);
    header
}

fn no_ip() -> Vec<Vec<u8>> {
    vec![
        // ARP, LLDP, and a length in the ethertype's place.
        frame(0x0806, &[&[0, 1, 8, 0, 6, 4, 0, 1], &[0; 20]]),
        frame(0x88cc, &[&[0x45; 40]]),
        frame(0x0026, &[&[0x42; 38]]),
        // A third tag, and a frame that ends within its second.
        frame(0x88a8, &[&[0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, 8, 0], &v4(0x45, 24, 47)]),
        frame(0x8100, &[&[0, 1, 0x81, 0]]),
    ]
}

fn broken() -> Vec<Vec<u8>> {
    let udp = [0x0f, 0xa0, 0x13, 0x88, 0, 8, 0, 0];
    vec![
        // Another version than the ethertype says.
        frame(0x0800, &[&v4(0x65, 32, 17), &udp]),
        frame(0x86dd, &[&v6(0x40, 12, 17), &udp]),
        // Nothing, half a header, a header shorter than it must be, and one longer than the packet.
        frame(0x0800, &[]),
        frame(0x0800, &[&v4(0x45, 32, 17)[..10]]),
        frame(0x0800, &[&v4(0x44, 32, 17), &udp]),
        frame(0x0800, &[&v4(0x4f, 32, 17), &udp]),
        frame(0x86dd, &[&v6(0x60, 12, 17)[..30]]),
        // A packet longer than its frame, and one shorter than its ports.
        frame(0x0800, &[&v4(0x45, 33, 17), &udp]),
        frame(0x86dd, &[&v6(0x60, 13, 17), &udp]),
        frame(0x0800, &[&v4(0x45, 22, 17), &udp]),
        frame(0x86dd, &[&v6(0x60, 2, 17), &udp]),
        // An extension header beyond the end, also behind a tag.
        frame(0x86dd, &[&v6(0x60, 12, 60), &[17, 9, 0, 0, 0, 0, 0, 0]]),
        frame(0x8100, &[&[0, 1, 0x86, 0xdd], &v6(0x60, 12, 60), &[17, 9, 0, 0, 0, 0, 0, 0]]),
    ]
}

fn send_all(capture: &Capture, frames: &[Vec<u8>]) {
    let socket = PacketSocket::on(NEAR);
    for sent in frames {
        socket.send(sent);
        let arrived = capture.take_unverified(1, |frame: &Frame| frame.bytes.ends_with(END));
        assert_eq!(arrived[0].bytes, sent, "it is not what was sent");
    }
}

#[test]
fn they_leave_as_they_came() {
    let lab = Lab::new();
    lab.without_ipv6();
    let scene = Scene::in_lab(lab, EVERYTHING);
    let (no_ip, broken) = (no_ip(), broken());
    send_all(&scene.capture, &no_ip);
    send_all(&scene.capture, &broken);
    // The policy is in force.
    udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
    assert_eq!(scene.mark_of(5000), 46);
    let ended = scene.loader.end(Signal::SIGTERM);
    let counts = format!("unmatched=0 not_ip={} malformed={}", no_ip.len(), broken.len());
    assert!(ended.log.iter().any(|line| line.ends_with(&counts)), "no {counts} in {ended:?}");
}

#[test]
fn what_no_policy_matches_is_counted() {
    let lab = Lab::new();
    lab.without_ipv6();
    let scene = Scene::in_lab(lab, "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 1\n");
    let socket = udp(NEAR_V4, 0);
    for _ in 0..5 {
        socket.send_to(b"x", endpoint(SINK_V4, 5001)).unwrap();
    }
    scene.capture.to_port(5001, 5);
    let ended = scene.loader.end(Signal::SIGINT);
    let counts = "unmatched=5 not_ip=0 malformed=0";
    assert!(ended.log.iter().any(|line| line.ends_with(counts)), "no {counts} in {ended:?}");
}

#[test]
fn on_a_device_without_link_headers() {
    let _lab = Lab::new();
    let tun = qos_tests::sender::tun::Tun::new("tun0");
    qos_tests::netns::ip("address add 10.79.0.1/24 dev tun0\nlink set tun0 up");
    std::fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1").unwrap();
    let loader = Loader::run("tun0", EVERYTHING);
    let socket = PacketSocket::on("tun0");
    let half = [v4(0x45, 32, 17)[..10].to_vec(), vec![0x75; 40], v4(0x45, 99, 17)];
    for sent in &half {
        socket.send(sent);
        assert_eq!(tun.next(), sent);
    }
    let ended = loader.end(Signal::SIGTERM);
    let counts = "unmatched=0 not_ip=1 malformed=2";
    assert!(ended.log.iter().any(|line| line.ends_with(counts)), "no {counts} in {ended:?}");
}
