//! The host that matched: as it is told, and as `stats` counts it.

use std::{io::Write as _, net::TcpListener};

use qos_tests::{
    loader,
    netns::{FAR_V4, SINK_V4, SINK_V6},
    sender::{endpoint, tcp},
};
use serde_json::{Value, json};

use super::Watch;
use crate::{
    hosts::{look_up, mark, policy, wait_for},
    scene::Scene,
    senders::flow::next_port,
};

/// What `stats` says of the only policy's hosts.
fn counted() -> Value {
    let output = loader::command().args(["stats", "--json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["policies"][0]["hosts"].clone()
}

/// Counted whether somebody watches or not, once a flow.
#[test]
fn by_its_address() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    assert_eq!(counted(), Value::Null);
    for (address, name) in [(SINK_V4, "a.example.com"), (SINK_V6, "b.example.com")] {
        look_up(&scene, name, &["other.example.net"], &[address]);
        wait_for(&scene, address, 10);
    }
    // Those before were of other sockets, whose number is not known.
    let before = counted();
    let flows = |counted: &Value, name: &str| -> u64 {
        let hosts = counted.as_array().unwrap();
        hosts.iter().find(|host| host["name"] == name).unwrap()["flows"].as_u64().unwrap()
    };
    let watch = Watch::json();
    for address in [SINK_V4, SINK_V6, SINK_V4] {
        assert_eq!(mark(&scene, address), 10);
        let flow = watch.flow("site");
        let name = if address == SINK_V4 { "a.example.com" } else { "b.example.com" };
        assert_eq!(flow["host"], name, "{flow}");
    }
    let after = counted();
    let more =
        ["a.example.com", "b.example.com"].map(|name| flows(&after, name) - flows(&before, name));
    assert_eq!(more, [2, 1]);
    assert_eq!(after.as_array().unwrap().len(), 2);
}

/// What the connection says counts more than what its address is known as, and may be known as a pattern alone.
#[test]
fn by_what_its_connection_says() {
    let scene = Scene::with(&policy(r#"["example.com", "*.example.com", "*.b.example.com"]"#));
    look_up(&scene, "a.example.com", &[], &[FAR_V4]);
    wait_for(&scene, FAR_V4, 10);
    let learned = counted();
    let watch = Watch::json();
    for (said, told) in [
        ("a.example.com", "a.example.com"),
        ("example.com", "example.com"),
        ("c.example.com", "*.example.com"),
        ("x.b.example.com", "*.b.example.com"),
    ] {
        let there = endpoint(FAR_V4, next_port());
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        let mut client = tcp::connect(there);
        let _server = tcp::accept(&listener);
        assert_eq!(watch.flow(&format!(":{}\"", there.port()))["host"], "a.example.com");
        client.write_all(format!("GET / HTTP/1.1\r\nHost: {said}\r\n\r\n").as_bytes()).unwrap();
        if said != told || said != "a.example.com" {
            assert_eq!(watch.flow(&format!(":{}\"", there.port()))["host"], told);
        }
    }
    let first = learned[0]["flows"].as_u64().unwrap();
    let one = |name: &str, flows: u64| json!({ "name": name, "flows": flows });
    let others = ["*.b.example.com", "*.example.com"].map(|name| one(name, 1));
    let [b, all] = others;
    assert_eq!(counted(), json!([b, all, one("a.example.com", first + 1), one("example.com", 1)]));
}
