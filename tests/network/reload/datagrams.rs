//! Datagrams that a new set of policies cuts in two: some of their fragments leave before it is in
//! force and some after. Of a socket without a peer nobody knows the destination port but the first
//! fragment.

use std::{
    net::{SocketAddr, UdpSocket},
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
    time::Duration,
};

use qos_tests::{
    capture::{Capture, dscps},
    loader::Loader,
    netns::{FAR, Lab, NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    repeated,
    sender::{endpoint, udp},
};

const RELOADS: u32 = 100;
/// As many fragments as there can be, so that a reload rarely falls between datagrams.
static LARGE: [u8; 60_000] = [0; 60_000];

fn policies(set: u32) -> String {
    let dscp = 10 + set % 2;
    format!("[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = {dscp}\n")
}

/// Sends one datagram after the other while policies are replaced; returns the fragments that no
/// policy has marked.
fn unmarked(send: impl Fn(&UdpSocket, SocketAddr) + Sync) -> usize {
    let lab = Lab::new();
    let loader = Loader::run(NEAR, &policies(0));
    let senders = [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)]
        .map(|(source, destination)| (udp(source, 0), endpoint(destination, 5000)));
    let send_all = || senders.iter().for_each(|(socket, there)| send(socket, *there));

    let all = lab.in_far(|| Capture::on(FAR));
    let faults = lab.in_far(|| Capture::of_unmarked(FAR));
    send_all();
    let fragments = all.take(80, |frame| frame.ip().is_some_and(|ip| ip.is_fragment));
    assert_eq!(dscps(&fragments), [10; 80]);
    drop(all);

    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(SeqCst) {
                send_all();
            }
        });
        for set in 1..=repeated(RELOADS) {
            loader.replace(&policies(set));
        }
        stop.store(true, SeqCst);
    });
    // What was sent arrives at once: nothing for a second is the end.
    let next = || faults.next(Duration::from_secs(1));
    let faults =
        core::iter::from_fn(next).filter(|frame| frame.ip().is_some_and(|ip| ip.is_fragment));
    faults.count()
}

#[test]
fn of_connected_sockets() {
    let unmarked = unmarked(|socket, there| {
        socket.connect(there).unwrap();
        socket.send(&LARGE).unwrap();
    });
    assert_eq!(unmarked, 0, "fragments left without a mark");
}

#[test]
fn of_unconnected_sockets() {
    let unmarked = unmarked(|socket, there| {
        socket.send_to(&LARGE, there).unwrap();
    });
    assert_eq!(unmarked, 0, "fragments left without a mark");
}
