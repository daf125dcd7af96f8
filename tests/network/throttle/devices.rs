//! Packets through several devices: what each of them sends counts, and once where they are stacked.

use std::{fs, time::Instant};

use qos_tests::{
    capture::Capture,
    kernel,
    loader::Loader,
    netns::{FAR, Lab, NEAR, NEAR_V4, SINK_V4, ip},
    sender::PacketSocket,
};

use super::{BURST, LENGTH, arrived_at, arrived_behind, count_at, expected, from_far, send};

const POLICIES: &str =
    "[[policy]]\nname = \"slow\"\ndestination-port = 5000\nthrottle = \"8 kbit\"\n";

/// How many packets a device of ours has sent.
fn sent(device: &str) -> u64 {
    let of_namespace = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let line = of_namespace.lines().find_map(|line| {
        line.trim_start().strip_prefix(device)?.strip_prefix(':').map(str::to_owned)
    });
    // Eight of what was received, then bytes and packets that were sent.
    let line = line.unwrap_or_else(|| panic!("no {device} in:\n{of_namespace}"));
    line.split_whitespace().nth(8 + 1).unwrap().parse().unwrap()
}

#[test]
fn two_interfaces_have_one_rate_together() {
    let lab = Lab::new();
    ip("link add other0 type veth peer name end0
        link set end0 up
        link set other0 up
        address add 10.79.0.1/16 dev other0
        neighbour add 10.79.0.2 lladdr 02:00:00:00:00:09 dev other0 nud permanent");
    let capture = lab.in_far(|| Capture::on(FAR));
    let _loader = Loader::run_with(&["-i", NEAR, "-i", "other0"], POLICIES);
    let since = Instant::now();
    let before = sent("other0");
    for _round in 0..20 {
        send(NEAR_V4, SINK_V4, 5000, LENGTH, 10);
        send("10.79.0.1", "10.79.0.2", 5000, LENGTH, 10);
    }
    let [here] = arrived_at(&capture, [5000]);
    let there = sent("other0") - before;
    // Of the other device's packets some are the kernel's own, to tell of itself.
    let most = expected(BURST, since).end() + 10;
    assert!((BURST / LENGTH as u64..=most).contains(&(here + there)), "{here} and {there}");
    assert!(here.min(there) > 40, "{here} and {there}");
}

/// A packet that leaves through a bridge leaves through its port too, and takes from the rate once.
#[test]
fn a_packet_through_two_attached_devices_is_charged_once() {
    if kernel::is_built_without("CONFIG_BRIDGE") {
        return kernel::skipped("there are no bridges");
    }
    let lab = Lab::new();
    ip(&format!(
        "link add top0 type bridge
        link set {NEAR} master top0
        link set top0 up
        address add 10.79.0.1/16 dev top0
        neighbour add 10.79.0.2 lladdr 02:00:00:00:00:02 dev top0 nud permanent"
    ));
    let capture = lab.in_far(|| Capture::on(FAR));
    let _loader = Loader::run_with(&["-i", NEAR, "-i", "top0"], POLICIES);
    let since = Instant::now();
    send("10.79.0.1", "10.79.0.2", 5000, LENGTH, 300);
    // The port itself has no addresses that it could be sent from.
    let frames = arrived_behind(&capture, "10.79.0.1", "10.79.0.2");
    let [slow] = count_at(&frames, [5000]);
    assert!(expected(BURST, since).contains(&slow), "{slow} packets");
}

/// So does one that enters by an attached device, is forwarded, and leaves through another or the same.
#[test]
fn a_packet_that_enters_and_leaves_is_charged_once() {
    let lab = Lab::new();
    lab.forward();
    let capture = lab.in_far(|| Capture::on(FAR));
    let _loader = Loader::run_with(&["-i", NEAR, "--ingress", NEAR], POLICIES);
    let frame = from_far(5000, LENGTH);
    let socket = lab.in_far(|| PacketSocket::on(FAR));
    let since = Instant::now();
    (0..300).for_each(|_| socket.send(&frame));
    let [slow] = arrived_at(&capture, [5000]);
    // At ingress the link header is not counted.
    let most = expected(BURST * LENGTH as u64 / (LENGTH as u64 - 14), since);
    assert!((BURST / LENGTH as u64..=*most.end()).contains(&slow), "{slow} packets");
}
