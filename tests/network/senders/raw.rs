//! Raw sockets, by which programs such as ping send.

use qos_tests::{
    capture::{Frame, dscps},
    sender::endpoint,
};

use super::{
    flow::{V4, V6},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

/// The start of an echo request, in text: type 8 of ICMP can't be written, and nobody answers it.
const PAYLOAD: &str = "not-an-echo-request";

#[test]
fn every_packet() {
    let folder = Folder::new();
    let [wanted, other] = ["a/snd", "b/other"].map(|place| folder.copy(place));
    let scene = Scene::with(&application(wanted.display(), 46));
    for (path, mark) in [(&wanted, 46), (&other, 0)] {
        let program = Program::start(path);
        for (family, protocol) in [(V4, 1), (V6, 58)] {
            program.step(format_args!("raw 10 {}", endpoint(family.near, 0)));
            program.step(format_args!("send-to 10 {} {PAYLOAD}", endpoint(family.sink, 0)));
            program.step(format_args!("connect 10 {}", endpoint(family.sink, 0)));
            program.step(format_args!("send 10 {PAYLOAD}"));
            program.step("close 10");
            let is_ours = |frame: &Frame| {
                frame.ip().is_some_and(|ip| {
                    ip.protocol == protocol && ip.destination.to_string() == family.sink
                })
            };
            let marks = dscps(&scene.capture.take_unverified(2, is_ours));
            assert_eq!(marks, [mark; 2], "{family:?}");
        }
    }
}
