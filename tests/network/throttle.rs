//! Rates on the wire: what arrives on the far side, in bytes with all headers, is never more than the
//! burst and the rate make since the first packet, and not much less.

mod debt;
mod devices;
mod edt;
mod htb;
mod pacing;
mod rate;
mod shares;

use core::ops::RangeInclusive;
use std::{
    thread,
    time::{Duration, Instant},
};

use qos_tests::{
    capture::{Capture, Frame},
    netns::{FAR_V4, NEAR_V4, SINK_V4},
    packet::{Link, Network, Packet, Part, V4},
    patience::PATIENCE,
    sender::{endpoint, udp},
};

use crate::frames::towards_near;

/// Bytes of Ethernet, IPv4 and UDP headers.
const HEADERS: usize = 14 + 20 + 8;

/// The slowest rate of these tests, 8 kbit, in bytes a second: what is paid off is hardly anything.
const RATE: u64 = 1_000;
/// Its burst.
const BURST: u64 = 128 * 1024;
/// Of frames of so many bytes it lets one leave a second.
const LENGTH: usize = 1_000;

/// Where packets go that no policy of these tests throttles.
const END: u16 = 9;

/// Sends datagrams that make frames of `length` bytes to a port, as fast as they can be sent.
fn send(source: &str, destination: &str, port: u16, length: usize, count: usize) {
    let socket = udp(source, 0);
    let payload = vec![0; length - HEADERS];
    for _datagram in 0..count {
        socket.send_to(&payload, endpoint(destination, port)).unwrap();
    }
}

/// What has arrived of that, once a packet to [`END`] has that was sent behind it.
fn arrived(capture: &Capture) -> Vec<Frame> {
    // The processors may hand packets over in another order.
    thread::sleep(Duration::from_millis(50));
    arrived_behind(capture, NEAR_V4, SINK_V4)
}

/// The same for a last packet that goes another way.
fn arrived_behind(capture: &Capture, source: &str, destination: &str) -> Vec<Frame> {
    send(source, destination, END, 100, 1);
    let mut frames = Vec::new();
    while let Some(frame) = capture.next(PATIENCE) {
        let port = frame.ip().and_then(|ip| ip.destination_port());
        if port == Some(END) {
            assert_eq!(capture.lost(), 0, "the capture lost frames");
            return frames;
        }
        frames.push(frame);
    }
    panic!("the last packet did not arrive");
}

/// How many frames of UDP have arrived at each of these ports.
fn arrived_at<const N: usize>(capture: &Capture, ports: [u16; N]) -> [u64; N] {
    count_at(&arrived(capture), ports)
}

fn count_at<const N: usize>(frames: &[Frame], ports: [u16; N]) -> [u64; N] {
    let port = |frame: &Frame| frame.ip().and_then(|ip| ip.destination_port());
    ports.map(|wanted| frames.iter().filter(|frame| port(frame) == Some(wanted)).count() as u64)
}

/// How many frames of [`LENGTH`] leave at [`RATE`] with a burst, of many that were sent since then.
fn expected(burst: u64, since: Instant) -> RangeInclusive<u64> {
    let least = burst / LENGTH as u64;
    // One that exceeds the burst, and one of a second that has begun.
    least..=least + 2 + since.elapsed().as_secs() * RATE / LENGTH as u64
}

/// A frame of `length` bytes with a datagram from the far side to the sink, for the near side to forward.
fn from_far(port: u16, length: usize) -> Vec<u8> {
    let network = Network::V4(V4 {
        source: FAR_V4.parse().unwrap(),
        destination: SINK_V4.parse().unwrap(),
        options: vec![],
        part: Part::Whole,
        identification: 0,
    });
    let packet = Packet {
        link: Link::Ethernet(vec![]),
        network,
        traffic_class: 0,
        protocol: 17,
        ports: (4000, port),
        payload: vec![0; length - HEADERS],
        trailer: vec![],
    };
    let frame = towards_near(&packet.frame());
    assert_eq!(frame.len(), length);
    frame
}
