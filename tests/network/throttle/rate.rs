//! A rate of many packets a second, for TCP and for more UDP than it allows.

use std::{
    io::{self, Write as _},
    net::TcpListener,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use qos_tests::{
    capture::Capture,
    netns::{FAR_V4, FAR_V6, NEAR, NEAR_V4, SINK_V4, set_transmit_checksums},
    sender::{endpoint, tcp, udp},
};

use super::HEADERS;
use crate::scene::Scene;

/// 1 `MBps`, in bytes a second.
pub(super) const MBPS: u64 = 1 << 20;
/// How long is measured.
pub(super) const TIME: Duration = Duration::from_secs(3);
/// Longer than any packet, which may exceed the burst.
const LONGEST: u64 = 70_000;

/// The bytes of a port that arrive in [`TIME`], and the time that it really was, since `since`.
pub(super) fn measure<const N: usize>(
    capture: &Capture,
    since: Instant,
    ports: [u16; N],
) -> ([u64; N], Duration) {
    let mut bytes = [0; N];
    while since.elapsed() < TIME {
        let Some(frame) = capture.next(Duration::from_millis(100)) else { continue };
        let port = frame.ip().and_then(|ip| ip.destination_port());
        if let Some(index) = ports.iter().position(|wanted| Some(*wanted) == port) {
            bytes[index] += frame.bytes.len() as u64;
        }
    }
    assert_eq!(capture.lost(), 0, "the capture lost frames");
    (bytes, since.elapsed())
}

/// Fails if these bytes are more than a rate and its burst allow in that time, or so few that it is
/// another mechanism than a slow machine: a burst that is too small leaves a quarter of the rate to TCP.
pub(super) fn assert_rate(bytes: u64, rate: u64, time: Duration) {
    let allowed = u64::try_from(u128::from(rate) * time.as_millis() / 1_000).unwrap();
    let most = allowed + (rate / 4).max(128 * 1024) + LONGEST;
    let range = allowed * 6 / 10..=most;
    assert!(range.contains(&bytes), "{bytes} bytes in {time:?}, not {range:?}");
}

/// Sends by so many connections while the rate is measured.
fn check_tcp(address: &str, flows: usize, device_segments: bool) {
    let scene = Scene::with(
        "[[policy]]\nname = \"tcp\"\ndestination-port = 5000\nthrottle = \"1 MBps\"\ndscp = 8\n",
    );
    set_transmit_checksums(NEAR, device_segments);
    let (bytes, time) = of_tcp(&scene, address, flows);
    assert_rate(bytes, MBPS, time);
}

/// The bytes that so many connections to port 5000 of the far side send, and in which time.
pub(super) fn of_tcp(scene: &Scene, address: &str, flows: usize) -> (u64, Duration) {
    let listener = scene.lab.in_far(|| TcpListener::bind(endpoint(address, 5000)).unwrap());
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let since = Instant::now();
        for _flow in 0..flows {
            let mut client = tcp::connect(endpoint(address, 5000));
            let mut server = tcp::accept(&listener);
            scope.spawn(move || io::copy(&mut server, &mut io::sink()).unwrap());
            scope.spawn(|| {
                while !stop.load(Relaxed) {
                    client.write_all(&[0; 16_384]).unwrap();
                }
                drop(client);
            });
        }
        let ([bytes], time) = measure(&scene.capture, since, [5000]);
        stop.store(true, Relaxed);
        (bytes, time)
    })
}

#[test]
fn of_a_connection() {
    check_tcp(FAR_V4, 1, false);
}

#[test]
fn of_four_connections_together() {
    check_tcp(FAR_V6, 4, false);
}

/// What the program sees is up to 64 KiB long, and becomes segments with headers of their own.
#[test]
fn of_a_connection_that_the_device_segments() {
    check_tcp(FAR_V4, 1, true);
}

/// Sends datagrams of 1,000 bytes at a rate until [`TIME`] has passed.
pub(super) fn send(destination: &str, port: u16, rate: u64, since: Instant) {
    const LENGTH: u64 = 1_000;
    let socket = udp(NEAR_V4, 0);
    socket.connect(endpoint(destination, port)).unwrap();
    let payload = vec![0; usize::try_from(LENGTH).unwrap() - HEADERS];
    let mut sent = 0;
    while since.elapsed() < TIME {
        if u128::from(sent) * 1_000 < u128::from(rate) * since.elapsed().as_millis() {
            socket.send(&payload).unwrap();
            sent += LENGTH;
        } else {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn of_twice_as_many_datagrams() {
    let scene =
        Scene::with("[[policy]]\nname = \"udp\"\ndestination-port = 5000\nthrottle = \"1 MBps\"\n");
    thread::scope(|scope| {
        let since = Instant::now();
        scope.spawn(move || send(SINK_V4, 5000, 2 * MBPS, since));
        let ([bytes], time) = measure(&scene.capture, since, [5000]);
        assert_rate(bytes, MBPS, time);
    });
}
