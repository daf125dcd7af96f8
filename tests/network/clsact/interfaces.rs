//! Interfaces that come, go and change their names, and one without a link header.

use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{Lab, ip},
    sender::{endpoint, udp},
    tc,
};

use super::{command, policy};

/// Another pair of interfaces, the far end in the same namespace.
const LATE: &str = "link add late0 address 02:00:00:00:00:03 type veth peer name other0
    link set other0 up
    link set late0 up
    address add 10.79.0.1/24 dev late0
    neighbour add 10.79.0.2 lladdr 02:00:00:00:00:04 dev late0 nud permanent";

fn mark(capture: &Capture) -> u8 {
    udp("10.79.0.1", 0).send_to(b"x", endpoint("10.79.0.2", 5000)).unwrap();
    capture.to_port(5000, 1)[0].ip().unwrap().dscp()
}

#[test]
fn come_and_go() {
    let _lab = Lab::new();
    let loader = Loader::start_by(command(), &["-i", "late*"], &policy(5000, 46));
    loader.wait_until_ready();
    for _ in 0..3 {
        ip(LATE);
        loader.wait_for_log("attached to late0");
        let capture = Capture::on("other0");
        assert_eq!(mark(&capture), 46);
        ip("link delete late0");
        loader.wait_for_log("is gone or has another name");
    }
    let ended = loader.end(nix::sys::signal::Signal::SIGTERM);
    let log = ended.log.join("\n");
    assert!(!log.contains("could not be removed"), "{log}");
}

#[test]
fn change_their_names() {
    let _lab = Lab::new();
    ip(LATE);
    let loader = Loader::start_by(command(), &["-i", "late0"], &policy(5000, 46));
    loader.wait_until_ready();
    let capture = Capture::on("other0");
    assert_eq!(mark(&capture), 46);
    ip("link set late0 down\nlink set late0 name else0\nlink set else0 up");
    loader.wait_for_log("is gone or has another name");
    assert_eq!(tc::filters("else0"), []);
    assert_eq!(tc::qdisc("else0"), None);
}
