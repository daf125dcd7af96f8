//! `stats`: what it says was counted is what was sent.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR, NEAR_V4, SINK_V4},
    sender::{endpoint, set_traffic_class, udp},
};
use serde_json::{Value, json};

const POLICIES: &str = r#"
[[policy]]
name = "marked"
dscp = 46
destination-port = 5000
[[policy]]
name = "slow"
throttle = "8 kbit"
destination-port = 6000
[[policy]]
name = "never"
dscp = 1
destination-port = 7000
"#;

fn command(arguments: &[&str]) -> Command {
    let mut command = loader::command();
    command.arg("stats").args(arguments);
    command
}

fn printed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &[][..]), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn document() -> Value {
    serde_json::from_str(&printed(command(&["--json"]))).unwrap()
}

/// Sends datagrams of 1,000 bytes on the wire with this DSCP.
fn send(port: u16, dscp: u8, count: usize) {
    let socket = udp(NEAR_V4, 0);
    set_traffic_class(&socket, NEAR_V4, dscp << 2);
    for _datagram in 0..count {
        socket.send_to(&[0; 958], endpoint(SINK_V4, port)).unwrap();
    }
}

#[test]
fn where_nothing_runs() {
    let _lab = Lab::new();
    assert_eq!(printed(command(&[])), "nothing runs in this network namespace\n");
    assert_eq!(document(), json!({ "policies": [], "interfaces": [] }));
}

#[test]
fn is_what_was_sent() {
    let lab = Lab::new();
    lab.without_ipv6();
    let loader = Loader::run_with(&["-i", NEAR, "-i", "lo"], POLICIES);
    send(5000, 0, 10);
    send(5000, 46, 3);
    send(6000, 0, 200);
    send(8000, 0, 7);
    let document = document();
    let pid = loader.pid().as_raw();
    let policies = document["policies"].as_array().unwrap();
    let marked = json!({
        "name": "marked", "packets": 13, "bytes": 13_000, "rewritten": 10, "unchanged": 3,
        "failed": 0, "dropped": 0, "dropped_bytes": 0, "pid": pid,
    });
    let never = json!({
        "name": "never", "packets": 0, "bytes": 0, "rewritten": 0, "unchanged": 0,
        "failed": 0, "dropped": 0, "dropped_bytes": 0, "pid": pid,
    });
    assert_eq!((policies.len(), &policies[0], &policies[2]), (3, &marked, &never));
    let slow = &policies[1];
    assert_eq!((&slow["name"], &slow["throttle"]), (&json!("slow"), &json!("8 kbit")));
    assert_eq!(slow["shaper"], "gcra");
    let number = |key: &str| slow[key].as_u64().unwrap();
    assert_eq!(number("packets") + number("dropped"), 200);
    assert_eq!(
        (number("bytes"), number("packets")),
        (number("unchanged") * 1_000, number("unchanged"))
    );
    assert_eq!(number("dropped_bytes"), number("dropped") * 1_000);
    assert!(number("packets") > 130 && number("dropped") > 30, "{slow}");

    let none = json!({ "name": "lo", "unmatched": 0, "not_ip": 0, "malformed": 0, "pid": pid });
    let near = json!({ "name": NEAR, "unmatched": 7, "not_ip": 0, "malformed": 0, "pid": pid });
    assert_eq!(document["interfaces"], json!([none, near]));

    let text = printed(command(&[]));
    let row = |name: &str| -> Vec<&str> {
        let row = text.lines().find(|line| line.split_whitespace().next() == Some(name));
        row.unwrap_or_else(|| panic!("no {name} in:\n{text}")).split_whitespace().collect()
    };
    assert_eq!(row("marked"), ["marked", "-", "13", "13000", "10", "3", "0", "0", "0"]);
    assert_eq!(row("slow")[..3], ["slow", "8", "kbit"]);
    assert_eq!(row(NEAR), [NEAR, "7", "0", "0"]);
}

/// A policy's counters go on while its name is there, and another one's start from nothing.
#[test]
fn goes_on_over_reloads() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, POLICIES);
    send(5000, 0, 10);
    loader.replace(&POLICIES.replace("46", "10").replace("never", "other"));
    send(5000, 0, 5);
    send(7000, 0, 2);
    let document = document();
    let packets = |name: &str| {
        let policies = document["policies"].as_array().unwrap();
        policies.iter().find(|policy| policy["name"] == name).unwrap()["packets"].clone()
    };
    assert_eq!((packets("marked"), packets("other")), (json!(15), json!(2)));
}

#[test]
fn each_loader_has_its_own() {
    let _lab = Lab::new();
    let loaders = [Loader::run(NEAR, POLICIES), Loader::run("lo", POLICIES)];
    send(5000, 0, 4);
    let document = document();
    let of = |loader: &Loader| {
        let policies = document["policies"].as_array().unwrap().iter();
        let pid = json!(loader.pid().as_raw());
        policies
            .filter(|policy| policy["pid"] == pid)
            .map(|policy| policy["packets"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(of(&loaders[0]), [4, 0, 0]);
    assert_eq!(of(&loaders[1]), [0, 0, 0]);
    let text = printed(command(&[]));
    for loader in loaders {
        assert!(text.contains(&format!("process {}\n", loader.pid())), "{text}");
    }
}

#[test]
fn is_repeated_until_it_is_told_to_stop() {
    let _lab = Lab::new();
    let _loader = Loader::run(NEAR, POLICIES);
    let mut child = command(&["--watch", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut packets = || {
        let line = lines.next().unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["policies"][0]["packets"].as_u64().unwrap()
    };
    assert_eq!(packets(), 0);
    send(5000, 0, 9);
    // One may be on its way already.
    assert!([packets(), packets()].contains(&9));
    child.kill().unwrap();
    child.wait().unwrap();
}
