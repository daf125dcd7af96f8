//! Children are the same program, with their parent's sockets too.

use std::{io::Read as _, net::TcpListener};

use qos_tests::{
    capture::dscps,
    sender::{endpoint, tcp},
};

use super::{
    flow::{V4, V6, marks_until, next_port},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

#[test]
fn datagrams() {
    let folder = Folder::new();
    let scene = Scene::with(&application("snd", 46));
    let program = Program::start(folder.copy("a/snd"));
    for family in [V4, V6] {
        let port = next_port();
        let there = endpoint(family.sink, port);
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("fork send-to 10 {there} x"));
        program.step(format_args!("fork fork send-to 10 {there} x"));
        program.step(format_args!("connect 10 {there}"));
        program.step("fork send 10 x");
        program.step("send 10 x");
        program.step("close 10");
        assert_eq!(dscps(&scene.capture.to_port(port, 4)), [46; 4], "{family:?}");
    }
}

#[test]
fn a_connection() {
    let folder = Folder::new();
    let scene = Scene::with(&application("snd", 46));
    let program = Program::start(folder.copy("a/snd"));
    for family in [V4, V6] {
        let there = endpoint(family.far, next_port());
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        program.step(format_args!("tcp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("fork connect 10 {there}"));
        let mut server = tcp::accept(&listener);
        program.step("fork send 10 one");
        program.step("send 10 two");
        program.step("close 10");
        let mut text = String::new();
        server.read_to_string(&mut text).unwrap();
        assert_eq!(text, "onetwo");
        let marks = marks_until(&scene, there.port(), |ip| ip.flags.1);
        assert_eq!(marks, vec![46; marks.len()], "{family:?}");
    }
}
