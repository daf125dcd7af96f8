//! Interfaces that come, go and change their names while it runs.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, Lab, NEAR, ip},
    sender::{endpoint, udp},
};

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";

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

fn late_interface(loader: &Loader) -> Capture {
    ip(LATE);
    loader.wait_for_log("attached to late0");
    Capture::on("other0")
}

#[test]
fn one_that_appears_and_appears_again() {
    let _lab = Lab::new();
    let loader = Loader::start(&["-i", "late*"], POLICIES);
    assert_eq!(loader.wait_until_ready().trim_end(), "ready: 1 policies on");
    for _ in 0..3 {
        let capture = late_interface(&loader);
        assert_eq!(mark(&capture), 46);
        ip("link delete late0");
        loader.wait_for_log("is gone or has another name");
    }
}

#[test]
fn one_that_was_named_and_appears_later() {
    let _lab = Lab::new();
    let loader = Loader::run_with(&["-i", NEAR, "-i", "late0"], POLICIES);
    let capture = late_interface(&loader);
    assert_eq!(mark(&capture), 46);
}

#[test]
fn those_that_the_policies_name() {
    let _lab = Lab::new();
    let settings = format!("[settings]\ninterfaces = [\"lo\", \"{NEAR}\"]\n{POLICIES}");
    let loader = Loader::start(&[], &settings);
    assert_eq!(loader.wait_until_ready(), "ready: 1 policies on lo, near0");
}

#[test]
fn one_that_was_excluded() {
    let _lab = Lab::new();
    let loader = Loader::start(&["-i", "*0", "-i", "!late*"], POLICIES);
    assert_eq!(loader.wait_until_ready(), "ready: 1 policies on near0");
    ip(LATE);
    // It comes behind the other, so that the other was seen when it is there.
    ip("link add seen0 type veth peer name unseen");
    loader.wait_for_log("attached to seen0");
    assert_eq!(mark(&Capture::on("other0")), 0);
}

#[test]
fn one_that_gets_a_name_that_was_not_asked_for_and_the_old_one_back() {
    let _lab = Lab::new();
    let loader = Loader::run_with(&["-i", "late0", "-i", NEAR], POLICIES);
    let capture = late_interface(&loader);
    let rename = |from: &str, to: &str| {
        ip(&format!("link set {from} down\nlink set {from} name {to}\nlink set {to} up"));
        // What the device forgets when it is down.
        ip(&format!("neighbour replace 10.79.0.2 lladdr 02:00:00:00:00:04 dev {to} nud permanent"));
    };
    assert_eq!(mark(&capture), 46);
    rename("late0", "else0");
    loader.wait_for_log("is gone or has another name");
    assert_eq!(mark(&capture), 0);
    rename("else0", "late0");
    loader.wait_for_log("attached to late0");
    assert_eq!(mark(&capture), 46);
}

/// Another program at the same hook goes on working, before and behind.
#[test]
fn two_loaders_on_one() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let other = "[[policy]]\nname = \"q\"\ndestination-port = 5001\ndscp = 20\n";
    let first = Loader::run(NEAR, POLICIES);
    let second = Loader::run(NEAR, other);
    let marks = || {
        [5000, 5001].map(|port| {
            udp("10.77.0.1", 0).send_to(b"x", endpoint("10.78.0.2", port)).unwrap();
            capture.to_port(port, 1)[0].ip().unwrap().dscp()
        })
    };
    assert_eq!(marks(), [46, 20]);
    first.end(Signal::SIGTERM);
    assert_eq!(marks(), [0, 20]);
    second.end(Signal::SIGTERM);
    assert_eq!(marks(), [0, 0]);
}
