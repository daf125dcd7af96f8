//! Errors on the way to `ready:`, and what they leave behind: nothing.

use std::{
    fs::OpenOptions,
    process::{Output, Stdio},
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR, NEAR_V4, SINK_V4},
    sender::{endpoint, tun::Tun, udp},
};

use super::kernel::{attached, pins};
use crate::scene::Scene;

const POLICY: &str = "name=p,destination-port=5000,dscp=46";
const FILE: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";
/// `ARPHRD_INFINIBAND`, whose frames are neither Ethernet's nor plain IP.
const INFINIBAND: u16 = 32;

fn run(interfaces: &[&str], output: impl Into<Stdio>) -> Output {
    let mut command = loader::command();
    command.args(["run", "--policy", POLICY]);
    command.args(interfaces.iter().flat_map(|name| ["-i", name]));
    command.stdout(output).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// The program is attached by then, and nobody would know that it is.
#[test]
fn it_can_not_say_that_it_is_ready() {
    let _lab = Lab::new();
    let before = pins();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = run(&[NEAR], full);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("can't write to standard output"), "{output:?}");
    assert_eq!(attached(NEAR), [0; 0]);
    assert_eq!(pins(), before);
}

#[test]
fn there_is_no_such_interface() {
    let _lab = Lab::new();
    let output = run(&["eth77"], Stdio::piped());
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    let message = text(&output.stderr);
    assert!(message.contains("error: there is no interface eth77"), "{message}");
    assert!(message.contains("hint: there are: lo, near0"), "{message}");
}

#[test]
fn no_interface_is_named() {
    let output = run(&[], Stdio::piped());
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    assert!(text(&output.stderr).contains("error: no interface is named"), "{output:?}");
}

#[test]
fn the_only_interface_is_of_an_unknown_kind() {
    let _lab = Lab::new();
    let tun = Tun::new("odd0");
    tun.set_link_type(INFINIBAND);
    let output = run(&["odd0"], Stdio::piped());
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(3), ""));
    let message = text(&output.stderr);
    assert!(message.contains("odd0 carries neither Ethernet nor plain IP frames"), "{message}");
    assert_eq!(attached("odd0"), [0; 0]);
}

/// One that can't be served is left out, and said to be.
#[test]
fn one_of_the_interfaces_is_of_an_unknown_kind_or_not_there() {
    let lab = Lab::new();
    let tun = Tun::new("odd0");
    tun.set_link_type(INFINIBAND);
    let capture = lab.in_far(|| qos_tests::capture::Capture::on(qos_tests::netns::FAR));
    let loader = Loader::start(&["-i", "odd0", "-i", NEAR, "-i", "eth77"], FILE);
    assert_eq!(loader.wait_until_ready(), "ready: 1 policies on near0");
    loader.wait_for_log("odd0 is left out");
    loader.wait_for_log("there is no interface eth77 yet");
    let scene = Scene { loader, capture, lab };
    udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
    assert_eq!(scene.mark_of(5000), 46);
}

/// Whoever started it and does not listen any more has not asked it to stop.
#[test]
fn nobody_reads_that_it_is_ready() {
    let _lab = Lab::new();
    let mut command = loader::command();
    command.args(["run", "--policy", POLICY, "-i", NEAR]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    while attached(NEAR).is_empty() && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let went_on = text(&output.stderr).contains("stopped");
    let failed = output.status.code() == Some(1);
    assert!(went_on || failed, "it stopped, and called that a success: {output:?}");
}
