//! However it ends, nothing is left behind.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    kernel::{has_tcx, skipped},
    loader::Loader,
    netns::{FAR, Lab, NEAR, NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
};
use std::os::unix::process::ExitStatusExt as _;

use super::kernel::{assert_gone, attached, pins};

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";

/// Ends a loader by `signal`; returns how it ended when all that it made is gone.
fn end_by(signal: Signal) -> qos_tests::loader::Ended {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    // It remembers what it was told as long as it lives, which is longer than the loader.
    let socket = udp(NEAR_V4, 0);
    socket.connect(endpoint(SINK_V4, 5000)).unwrap();
    let mark = || {
        socket.send(b"x").unwrap();
        capture.to_port(5000, 1)[0].ip().unwrap().dscp()
    };
    let before = pins();

    let loader = Loader::run(NEAR, POLICIES);
    assert_eq!(mark(), 46);
    let programs = attached(NEAR);
    assert_eq!(programs.len(), 1, "one program is attached while it runs");

    let ended = loader.end(signal);
    assert_eq!(mark(), 0, "packets are marked after {signal}");
    assert_eq!(attached(NEAR), [0; 0], "a program is attached after {signal}");
    assert_eq!(pins(), before, "something is pinned after {signal}");
    assert_gone(&programs);
    ended
}

#[test]
fn by_a_signal_that_asks() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let ended = end_by(signal);
        assert_eq!(ended.status.code(), Some(0), "{signal}: {ended:?}");
        assert!(ended.log.iter().any(|line| line.contains("stopped")), "{signal}: {ended:?}");
    }
}

/// No code of the loader runs then: what ends a panic ends it in the same way.
#[test]
fn by_a_signal_that_does_not() {
    if !has_tcx() {
        return skipped("filters outlive their process; links (TCX, Linux 6.6) do not");
    }
    assert_eq!(end_by(Signal::SIGKILL).status.signal(), Some(Signal::SIGKILL as i32));
}
