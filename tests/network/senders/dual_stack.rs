//! IPv6 sockets that speak IPv4, as most servers have them: their packets are IPv4.

use std::{io::Read as _, net::TcpListener};

use qos_tests::{
    capture::dscps,
    sender::{endpoint, tcp},
};

use super::{
    flow::{Family, V4, datagrams, marks_until, next_port, served},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

const MAPPED: Family = Family { near: "::", far: "::ffff:10.77.0.2", sink: "::ffff:10.78.0.2" };

#[test]
fn every_packet() {
    let folder = Folder::new();
    let scene = Scene::with(&application("snd", 46));
    let program = Program::start(folder.copy("snd"));
    assert_eq!(datagrams(&scene, &program, MAPPED), [46; 4]);

    let port = next_port();
    program.step(format_args!("tcp 11 {}", endpoint(MAPPED.near, port)));
    program.step("listen 11");
    let marks = served(&scene, &program, 11, endpoint(V4.near, port));
    assert_eq!(marks, vec![46; marks.len()], "a server");

    let port = next_port();
    let listener = scene.lab.in_far(|| TcpListener::bind(endpoint(V4.far, port)).unwrap());
    program.step(format_args!("tcp 10 {}", endpoint(MAPPED.near, 0)));
    program.step(format_args!("connect 10 {}", endpoint(MAPPED.far, port)));
    let mut server = tcp::accept(&listener);
    program.step("send 10 x");
    program.step("close 10");
    server.read_to_end(&mut Vec::new()).unwrap();
    let marks = marks_until(&scene, port, |ip| ip.flags.1);
    assert_eq!(marks, vec![46; marks.len()], "a client");
}

/// A datagram's way through the kernel changes the family; who sends it is asked on either.
#[test]
fn a_socket_that_another_program_was_handed() {
    let folder = Folder::new();
    let [first, second] = ["snd", "other"].map(|place| folder.copy(place));
    let scene = Scene::with(&[application("snd", 46), application("other", 10)].concat());
    let program = Program::start(&first);
    let there = endpoint(MAPPED.sink, next_port());
    program.step(format_args!("udp 10 {}", endpoint(MAPPED.near, 0)));
    program.step(format_args!("send-to 10 {there} x"));
    program.step(format_args!("exec {}", second.display()));
    program.step(format_args!("send-to 10 {there} x"));
    assert_eq!(dscps(&scene.capture.to_port(there.port(), 2)), [46, 10]);
}
