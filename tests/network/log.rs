//! The log: its level reaches the eBPF program, and its form is the one asked for.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    loader::{Ended, Loader},
    netns::{FAR, FAR_MAC, Lab, NEAR, NEAR_MAC, NEAR_V4, SINK_V4},
    sender::{PacketSocket, endpoint, udp},
};

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";

/// Has a packet rewritten and sends a malformed one.
fn traffic(arguments: &[&str]) -> (Ended, bool) {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run_with(&[&["-i", NEAR], arguments].concat(), POLICIES);
    udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
    let marked = capture.to_port(5000, 1)[0].ip().unwrap().dscp() == 46;
    let malformed = [FAR_MAC.as_slice(), &NEAR_MAC, &[8, 0], b"end"].concat();
    PacketSocket::on(NEAR).send(&malformed);
    capture.take_unverified(1, |frame| frame.bytes == malformed);
    (loader.end(Signal::SIGTERM), marked)
}

#[test]
fn its_level_reaches_the_program_in_the_kernel() {
    let rewritten = ": rewritten";
    let malformed = "malformed IP packet of 17 bytes";
    for (level, expected) in
        [("trace", [true, true]), ("debug", [false, true]), ("info", [false, false])]
    {
        let (ended, marked) = traffic(&["--log-level", level]);
        assert!(marked, "{level}");
        let says = |text: &str| ended.log.iter().any(|line| line.contains(text));
        assert_eq!([says(rewritten), says(malformed)], expected, "{level}: {:#?}", ended.log);
    }
}

/// What the libraries have to say helps nobody who asks for more about packets.
#[test]
fn at_its_most_talkative_it_is_about_packets() {
    let (ended, _) = traffic(&["--log-level", "trace"]);
    let strange: Vec<&String> = ended
        .log
        .iter()
        .filter(|line| line.contains("relocating") || line.contains("Netlink"))
        .collect();
    assert!(strange.is_empty(), "{} lines such as {:?}", strange.len(), strange[0]);
}

#[test]
fn at_its_least_it_is_silent() {
    let (ended, marked) = traffic(&["--log-level", "error"]);
    assert!(marked);
    assert_eq!(ended.log, [""; 0]);
}

#[test]
fn for_machines_it_is_an_object_a_line() {
    let lab = Lab::new();
    let conflicting = POLICIES.replace("\"p\"", "\"q\"") + POLICIES;
    let loader = Loader::run_with(&["-i", NEAR, "--log-format", "json"], &conflicting);
    let assert_logged = |event: u16, level: &str, part: &str| {
        let line = loader.wait_for_log(&format!("\"event\":{event}"));
        let object: serde_json::Value = serde_json::from_str(&line).expect(&line);
        assert_eq!(object["level"], level, "{line}");
        assert!(object["message"].as_str().unwrap().contains(part), "{line}");
        object
    };
    assert_logged(16608, "WARN", "\"p\" conflicts with \"q\"");
    loader.reload(&conflicting);
    assert_eq!(assert_logged(16500, "INFO", "no changes")["policies"], 2);
    loader.reload("");
    assert_eq!(assert_logged(16501, "INFO", "with changes")["policies"], 0);
    loader.reload("[[policy]]");
    let nameless = assert_logged(16706, "ERROR", "policies.toml:1:1: this policy has no name");
    assert_eq!(nameless["hint"], "add `name = \"…\"`");
    assert_logged(16604, "ERROR", "policies.toml:1:1: this policy does nothing");
    assert_logged(16700, "ERROR", "the policies before stay in force");
    let ended = loader.end(Signal::SIGTERM);
    drop(lab);
    for line in &ended.log {
        let object: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(object["message"].is_string() && object["level"].is_string(), "{line}");
    }
    let last: serde_json::Value = serde_json::from_str(ended.log.last().unwrap()).unwrap();
    assert_eq!(last["message"], "stopped");
    assert!(last["unmatched"].is_u64() && last["malformed"].is_u64(), "{last}");
}

#[test]
fn for_machines_ready_is_an_object_too() {
    let _lab = Lab::new();
    let loader = Loader::start(&["-i", NEAR, "--json"], POLICIES);
    let ready = loader.wait_for_output("ready");
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    let expected = serde_json::json!({ "ready": { "policies": 1, "interfaces": [NEAR] } });
    assert_eq!(ready, expected);
}

/// An advanced setting is news; that there is none is for those who look closely.
#[test]
fn the_advanced_settings_have_their_events() {
    let _lab = Lab::new();
    let loader = Loader::run_with(&["-i", NEAR, "--log-level", "debug"], POLICIES);
    for event in [16504, 16509] {
        let line = loader.wait_for_log(&format!("event={event}"));
        assert!(line.contains("DEBUG"), "{line}");
    }
    loader.reload(&format!("[settings]\napp-marking = \"allow\"\n{POLICIES}"));
    let line = loader.wait_for_log("event=16511");
    assert!(line.contains("INFO") && line.contains("marking=\"allow\""), "{line}");
}
