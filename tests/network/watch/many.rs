//! More flows than can be told.

use nix::sys::signal::Signal;
use qos_tests::{
    netns::{NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
};
use serde_json::Value;

use super::{POLICIES, Watch};
use crate::scene::Scene;

/// More than the program can keep for a loader that does not take them.
const FLOWS: u16 = 5_000;

/// What is not told is counted; nothing is lost of what comes later.
#[test]
fn while_the_loader_does_not_run() {
    let scene = Scene::with(POLICIES);
    let watch = Watch::json();
    let socket = udp(NEAR_V4, 0);
    let from = socket.local_addr().unwrap();
    let send = |port| {
        socket.send_to(b"data", endpoint(SINK_V4, port)).unwrap();
    };
    scene.loader.signal(Signal::SIGSTOP);
    (0..FLOWS).for_each(|flow| send(10_000 + flow));
    scene.loader.signal(Signal::SIGCONT);
    let lost: Value = watch.flow("\"lost\"");
    send(9_999);
    watch.line(":9999\"");
    let told = watch.lines.all().into_iter().filter(|line| line.contains(&format!("\"{from}\"")));
    let (told, lost) = (told.count() as u64 - 1, lost["lost"].as_u64().unwrap());
    assert_eq!(told + lost, u64::from(FLOWS), "{lost} lost");
    assert!(told > 500 && lost > 500, "{told} told");
}
