//! Who sends, whether policies ask for it or not.

use std::{os::unix::process::CommandExt as _, process::Command};

use qos_tests::{
    netns::{FAR, FAR_V4, Lab, SINK_V4},
    sender::{PacketSocket, endpoint},
};
use serde_json::{Value, json};

use super::{POLICIES, Watch};
use crate::{
    frames::forwarded_udp,
    scene::Scene,
    senders::{
        flow::{V4, V6, next_port},
        policies::application,
        program::{Folder, Program},
    },
};

/// A user without a name.
const STRANGER: u32 = 54_321;

/// The kernel says what runs, or else the process is looked for that has the socket.
#[test]
fn an_application_and_a_user() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    for policies in [application("other", 10), POLICIES.to_owned()] {
        let scene = Scene::with(&policies);
        let watch = Watch::json();
        for (user, name) in [(0, "root".to_owned()), (STRANGER, STRANGER.to_string())] {
            let mut command = Command::new(&path);
            command.uid(user);
            let program = Program::start_by(command);
            for family in [V4, V6] {
                let port = next_port();
                program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
                program.step(format_args!("send-to 10 {} x", endpoint(family.sink, port)));
                let flow = watch.flow(&format!(":{port}\""));
                let sender = [&flow["application"], &flow["user"]];
                assert_eq!(sender, [&json!(path), &json!(name)], "{flow}");
                program.step("close 10");
            }
        }
        drop(scene);
    }
}

/// What another machine sends is nobody's of this one.
#[test]
fn another_machine() {
    let lab = Lab::new();
    lab.forward();
    let scene = Scene::in_lab(lab, POLICIES);
    let watch = Watch::json();
    scene.lab.in_far(|| PacketSocket::on(FAR)).send(&forwarded_udp(FAR_V4, SINK_V4, 5000));
    let flow = watch.flow(&format!("{SINK_V4}:5000"));
    assert_eq!((scene.mark_of(5000), &flow["after"]["value"]), (46, &json!(46)));
    assert_eq!([&flow["application"], &flow["user"]], [&Value::Null; 2], "{flow}");
}
