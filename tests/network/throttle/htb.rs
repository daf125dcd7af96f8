//! Rates that classes of HTB spread: what arrives is no more than the rate, without the burst that drops
//! alone let through.

mod qdisc;
mod several;

use std::{
    thread,
    time::{Duration, Instant},
};

use qos_tests::{
    capture::Frame,
    loader,
    netns::{FAR_V4, FAR_V6, NEAR_V4, SINK_V4},
};
use serde_json::{Value, json};

use super::{
    LENGTH, arrived,
    rate::{self, MBPS, measure, of_tcp},
    send,
};
use crate::scene::Scene;

const SLOW: &str = "[settings]\nshaper = \"htb\"\n\
                    [[policy]]\nname = \"slow\"\ndestination-port = 5000\nthrottle = \"1 MBps\"\n\
                    dscp = 8\n";

/// The loaders that run, as `status` has them.
fn running() -> Vec<Value> {
    let output = loader::command().args(["status", "--json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["running"].as_array().unwrap().clone()
}

/// The hooks of the only loader.
pub(super) fn hooks() -> Value {
    running()[0]["hooks"].clone()
}

/// What `status` says keeps the rates: of each interface its name, the shaper and why.
pub(super) fn shapers() -> Vec<[String; 3]> {
    let running = running();
    let shapers = running.iter().flat_map(|running| running["shapers"].as_array().unwrap());
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    shapers.map(|one| ["interface", "name", "reason"].map(|key| text(one, key))).collect()
}

/// Fails if these bytes are more than a rate makes in that time, by what HTB lets a class catch up and
/// `longest`, the longest packet; or so few that it is another mechanism than a slow machine.
pub(super) fn assert_even(bytes: u64, rate: u64, time: Duration, longest: u64) {
    let allowed = u64::try_from(u128::from(rate) * time.as_millis() / 1_000).unwrap();
    let range = allowed * 6 / 10..=allowed + rate / 20 + longest;
    assert!(range.contains(&bytes), "{bytes} bytes in {time:?}, not {range:?}");
}

#[test]
fn of_a_connection() {
    let scene = Scene::with(SLOW);
    let (bytes, time) = of_tcp(&scene, FAR_V4, 1);
    assert_even(bytes, MBPS, time, 70_000);
}

#[test]
fn of_four_connections_together() {
    let scene = Scene::with(SLOW);
    let (bytes, time) = of_tcp(&scene, FAR_V6, 4);
    assert_even(bytes, MBPS, time, 70_000);
}

#[test]
fn of_twice_as_many_datagrams_beside_others() {
    let scene = Scene::with(SLOW);
    thread::scope(|scope| {
        let since = Instant::now();
        for port in [5000, 6000] {
            scope.spawn(move || rate::send(SINK_V4, port, 2 * MBPS, since));
        }
        let ([slow, free], time) = measure(&scene.capture, since, [5000, 6000]);
        assert_even(slow, MBPS, time, 2_000);
        assert!(free > slow * 16 / 10, "{free} bytes beside {slow}");
    });
}

/// What has no class waits for none, and packets are marked with and without one.
#[test]
fn what_is_beside_it_is_not_held_up() {
    let scene = Scene::with(&SLOW.replace("1 MBps", "8 kbit"));
    for _round in 0..5 {
        send(NEAR_V4, SINK_V4, 5000, LENGTH, 20);
        send(NEAR_V4, SINK_V4, 6000, LENGTH, 100);
    }
    let frames = arrived(&scene.capture);
    let marks = |port| {
        let ips = frames.iter().filter_map(Frame::ip);
        let ips = ips.filter(move |ip| ip.destination_port() == Some(port));
        ips.map(|ip| ip.dscp()).collect::<Vec<u8>>()
    };
    assert_eq!(marks(6000), [0; 500]);
    // The program lets all through, the class what a second makes and what it may catch up.
    let slow = marks(5000);
    assert!((1..20).contains(&slow.len()) && slow.iter().all(|mark| *mark == 8), "{slow:?}");
}

/// TCP waits for the class, and is not paced besides.
#[test]
fn sockets_are_not_paced() {
    let scene = Scene::with(SLOW);
    assert_eq!(hooks(), json!([]));
    scene.loader.replace(&SLOW.replace("\"htb\"", "\"gcra\""));
    assert_eq!(hooks(), json!([{ "name": "iter/tcp, pacing", "state": "attached" }]));
    scene.loader.replace(SLOW);
    assert_eq!(hooks(), json!([]));
}
