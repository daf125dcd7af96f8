//! Packets larger than the MTU that are cut behind the program, by the stack or by the device:
//! every segment has the mark, and the data arrives as it was sent.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use qos_tests::{
    capture::{Capture, Frame, dscps},
    kernel,
    netns::{
        FAR_V4, FAR_V6, Lab, NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6, ip, set_transmit_checksums,
    },
    sender::{endpoint, set_segment_size, tcp, udp},
};

use crate::scene::Scene;

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";
const MTU_FRAME: usize = 1514;

/// Sends `length` bytes by TCP, and returns the frames that carried them.
fn transfer(scene: &Scene, address: &str, length: usize) -> Vec<Frame> {
    transfer_inside(&scene.lab, &scene.capture, address, length, |frame| Some(frame.clone()))
}

/// The same where the packets are `inside` what is captured.
pub(crate) fn transfer_inside(
    lab: &Lab,
    capture: &Capture,
    address: &str,
    length: usize,
    inside: impl Fn(&Frame) -> Option<Frame>,
) -> Vec<Frame> {
    let data: Vec<u8> = (0..=250).cycle().take(length).collect();
    let there = endpoint(address, 5000);
    let listener = lab.in_far(|| TcpListener::bind(there).unwrap());
    let mut client = tcp::connect(there);
    let ports = Some((client.local_addr().unwrap().port(), 5000));
    let mut server = tcp::accept(&listener);
    let received = thread::spawn(move || {
        let mut received = Vec::new();
        server.read_to_end(&mut received).unwrap();
        received
    });
    client.write_all(&data).unwrap();
    drop(client);
    assert!(received.join().unwrap() == data, "the data is not what was sent");

    // The processors may hand them over in another order.
    let (mut frames, mut carried) = (Vec::new(), 0);
    let payload = |frame: &Frame| {
        let ip = inside(frame)?.ip()?;
        (ip.ports == ports).then_some(ip.payload.len())
    };
    while carried < length {
        let frame = capture.take(1, |frame| payload(frame).is_some()).remove(0);
        carried += payload(&frame).unwrap();
        frames.push(frame);
    }
    frames
}

#[test]
fn what_the_stack_cuts() {
    let scene = Scene::with(POLICIES);
    for address in [FAR_V4, FAR_V6] {
        let frames = transfer(&scene, address, 2 << 20);
        assert!(frames.iter().all(|frame| frame.bytes.len() <= MTU_FRAME));
        assert!(frames.len() > 1000, "{} frames", frames.len());
        assert_eq!(dscps(&frames), vec![46; frames.len()], "{address}");
    }
}

#[test]
fn what_the_device_would_cut() {
    let scene = Scene::with(POLICIES);
    set_transmit_checksums(NEAR, true);
    for address in [FAR_V4, FAR_V6] {
        let frames = transfer(&scene, address, 2 << 20);
        let longest = frames.iter().map(|frame| frame.bytes.len()).max();
        assert!(longest > Some(10 * MTU_FRAME), "no large frame: {longest:?}");
        assert_eq!(dscps(&frames), vec![46; frames.len()], "{address}");
    }
}

fn send_datagrams_by_one_call(scene: &Scene) {
    for (source, destination) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
        let socket = udp(source, 0);
        set_segment_size(&socket, 1000);
        let data: Vec<u8> = (0..10).flat_map(|number| [number; 1000]).collect();
        socket.send_to(&data, endpoint(destination, 5000)).unwrap();
        let frames = scene.capture.to_port(5000, 10);
        assert_eq!(dscps(&frames), [46; 10], "{source}");
        let payloads: Vec<u8> =
            frames.iter().flat_map(|frame| frame.ip().unwrap().payload.to_vec()).collect();
        assert!(payloads == data, "{source}: the data is not what was sent");
    }
}

#[test]
fn datagrams_that_one_call_sends() {
    if kernel::is_older_than(6, 11) {
        return kernel::skipped("such datagrams need a device with checksums (10154dbded6d, 6.11)");
    }
    send_datagrams_by_one_call(&Scene::with(POLICIES));
}

#[test]
fn datagrams_that_one_call_sends_without_their_checksums() {
    let scene = Scene::with(POLICIES);
    set_transmit_checksums(NEAR, true);
    // The stack still cuts them, so that they can be counted.
    ip(&format!("link set {NEAR} gso_max_segs 1"));
    send_datagrams_by_one_call(&scene);
}
