//! `watch`: each flow in a line, once, with what became of it on the wire.

mod documented;
mod hosts;
mod many;
mod sender;

use std::process::{Child, Stdio};

use nix::sys::signal::Signal;
use qos_tests::{
    loader::{self, output::Lines},
    netns::{Lab, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{endpoint, set_traffic_class, udp},
};
use serde_json::{Value, json};

use crate::scene::Scene;

const POLICIES: &str = "[[policy]]\nname = \"calls\"\ndestination-port = 5000\ndscp = 46\n";

/// A `qos-loader watch`. It is killed when this is dropped.
struct Watch {
    child: Child,
    lines: Lines,
    messages: Lines,
}

impl Watch {
    /// Starts it; what is sent when this returns is told.
    fn start(arguments: &[&str]) -> Self {
        let mut command = loader::command();
        command.arg("watch").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = Lines::of(child.stdout.take().unwrap());
        let messages = Lines::of(child.stderr.take().unwrap());
        assert!(messages.wait_for("watching").is_some(), "{:?}", messages.all());
        Self { child, lines, messages }
    }

    /// As JSON.
    fn json() -> Self {
        Self::start(&["--json"])
    }

    /// The next line that holds `text`.
    #[track_caller]
    fn line(&self, text: &str) -> String {
        let line = self.lines.wait_for(text);
        line.unwrap_or_else(|| panic!("no {text:?} in {:?}", self.lines.all()))
    }

    /// The flow in the next line that holds `text`.
    #[track_caller]
    fn flow(&self, text: &str) -> Value {
        serde_json::from_str(&self.line(text)).unwrap()
    }

    /// All lines, when it has ended by itself.
    fn until_its_end(mut self) -> Vec<String> {
        let lines = self.lines.to_the_end();
        assert!(self.child.wait().unwrap().success());
        lines
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends a datagram that carries this DSCP.
fn send(near: &str, dscp: u8, to: &str, port: u16) -> u16 {
    let socket = udp(near, 0);
    set_traffic_class(&socket, near, dscp << 2);
    socket.send_to(b"data", endpoint(to, port)).unwrap();
    socket.local_addr().unwrap().port()
}

#[test]
fn where_nothing_runs() {
    let _lab = Lab::new();
    let output = loader::command().arg("watch").output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(output.stderr, b"nothing runs in this network namespace\n");
}

/// What is told of a flow is what the capture shows of it.
#[test]
fn of_both_families_before_and_after() {
    let scene = Scene::with(POLICIES);
    let watch = Watch::json();
    for (near, sink) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
        for (before, port, policy) in [
            (0, 5000, Some("calls")),
            (10, 5000, Some("calls")),
            (46, 5000, Some("calls")),
            (10, 5001, None),
        ] {
            let from = send(near, before, sink, port);
            let after = scene.mark_of(port);
            let flow = watch.flow(&format!(":{from}\""));
            let dscp = |value: u8| json!(value);
            assert_eq!(
                [&flow["policy"], &flow["before"]["value"], &flow["after"]["value"]],
                [&json!(policy), &dscp(before), &dscp(after)],
                "{flow}"
            );
            assert_eq!(
                [&flow["protocol"], &flow["source"], &flow["destination"]],
                [&json!("udp"), &json!(endpoint(near, from)), &json!(endpoint(sink, port))],
            );
            assert_eq!(flow["interface"], qos_tests::netns::NEAR);
        }
    }
}

/// Where applications' marks do not count, that is told too.
#[test]
fn of_marks_that_are_ignored_or_kept() {
    let policies = "settings = { app-marking = \"ignore\" }\n";
    let scene = Scene::with(&[policies, POLICIES].concat());
    let watch = Watch::json();
    let from = send(NEAR_V4, 10, SINK_V4, 5001);
    let flow = watch.flow(&format!(":{from}\""));
    let told =
        [&flow["before"]["value"], &flow["after"]["value"]].map(|value| value.as_u64().unwrap());
    assert_eq!((told, scene.mark_of(5001)), ([10, 0], 0));
}

#[test]
fn of_a_flow_once_and_again_when_it_gets_another_policy() {
    let scene = Scene::with(POLICIES);
    let watch = Watch::json();
    let socket = udp(NEAR_V4, 0);
    let from = socket.local_addr().unwrap().port();
    let send = |count| {
        for _datagram in 0..count {
            socket.send_to(b"data", endpoint(SINK_V4, 5000)).unwrap();
        }
    };
    send(5);
    scene.loader.replace(&POLICIES.replace("46", "8"));
    send(5);
    // The same again is not told.
    scene.loader.replace(&POLICIES.replace("46", "8").replace("5000", "[5000, 5001]"));
    send(5);
    let end = self::send(NEAR_V4, 0, SINK_V4, 5009);
    watch.line(&format!(":{end}\""));
    let all = watch.lines.all();
    let flows = all.iter().filter(|line| line.contains(&format!(":{from}\"")));
    let flows: Vec<Value> = flows.map(|line| serde_json::from_str(line).unwrap()).collect();
    let after: Vec<_> = flows.iter().map(|flow| flow["after"]["value"].as_u64().unwrap()).collect();
    assert_eq!(after, [46, 8], "{flows:?}");
}

/// For people: the columns have titles, and the loader's end is told.
#[test]
fn until_what_runs_has_ended() {
    let scene = Scene::with(POLICIES);
    let watches = [Watch::start(&[]), Watch::start(&[])];
    let from = send(NEAR_V4, 0, SINK_V4, 5000);
    let loader = scene.loader;
    for watch in &watches {
        let line = watch.line(&format!(":{from} "));
        assert!(line.contains("CS0 -> EF") && line.contains("calls"), "{line}");
    }
    assert!(loader.end(Signal::SIGTERM).status.success());
    for watch in watches {
        assert!(watch.messages.wait_for("what ran has ended").is_some());
        let lines = watch.until_its_end();
        assert!(lines[0].starts_with("TIME "), "{lines:?}");
    }
}
