//! Sockets and processes that are older than the loader: their next packet has the mark already.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
};

use qos_tests::{
    netns::Lab,
    sender::{endpoint, tcp},
};

use super::{
    flow::{V4, V6, assert_all, marks_until, next_port, served},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

#[test]
fn datagrams() {
    let folder = Folder::new();
    let lab = Lab::new();
    let program = Program::start(folder.copy("a/snd"));
    let sockets = [(20, V4, next_port()), (30, V6, next_port())];
    for (socket, family, port) in sockets {
        let (here, there) = (endpoint(family.near, 0), endpoint(family.sink, port));
        program.step(format_args!("udp {socket} {here}"));
        program.step(format_args!("udp {} {here}", socket + 1));
        program.step(format_args!("connect {} {there}", socket + 1));
    }
    let scene = Scene::in_lab(lab, &application("snd", 46));
    for (socket, family, port) in sockets {
        program.step(format_args!("send {} x", socket + 1));
        assert_eq!(scene.mark_of(port), 46, "connected, {family:?}");
        program.step(format_args!("send-to {socket} {} x", endpoint(family.sink, port)));
        assert_eq!(scene.mark_of(port), 46, "unconnected, {family:?}");
    }
    assert_all(&scene, &program, 46);
}

#[test]
fn listeners() {
    let folder = Folder::new();
    let lab = Lab::new();
    let program = Program::start(folder.copy("a/snd"));
    let listeners = [(20, V4), (30, V6)].map(|(listener, family)| {
        let here = endpoint(family.near, next_port());
        program.step(format_args!("tcp {listener} {here}"));
        program.step(format_args!("listen {listener}"));
        (listener, here)
    });
    let scene = Scene::in_lab(lab, &application("snd", 46));
    for (listener, here) in listeners {
        let marks = served(&scene, &program, listener, here);
        assert_eq!(marks, vec![46; marks.len()], "{here}");
    }
}

/// The first packet is an ACK: the kernel sends it, whatever the process does.
#[test]
fn connections() {
    let folder = Folder::new();
    let lab = Lab::new();
    let program = Program::start(folder.copy("a/snd"));
    let connections = [(20, V4), (30, V6)].map(|(socket, family)| {
        let there = endpoint(family.far, next_port());
        let listener = lab.in_far(|| TcpListener::bind(there).unwrap());
        program.step(format_args!("tcp {socket} {}", endpoint(family.near, 0)));
        program.step(format_args!("connect {socket} {there}"));
        (socket, there, tcp::accept(&listener))
    });
    assert_known(lab, &program, connections);
}

/// The same of connections that the program accepted.
#[test]
fn accepted_connections() {
    let folder = Folder::new();
    let lab = Lab::new();
    let program = Program::start(folder.copy("a/snd"));
    let connections = [(20, V4), (30, V6)].map(|(socket, family)| {
        let here = endpoint(family.near, next_port());
        program.step(format_args!("tcp {} {here}", socket + 1));
        program.step(format_args!("listen {}", socket + 1));
        let client = lab.in_far(|| tcp::connect(here));
        program.step(format_args!("accept {} {socket}", socket + 1));
        (socket, here, client)
    });
    assert_known(lab, &program, connections);
}

/// Starts the loader, and has the program answer over each of its sockets, which come with the address
/// that was listened on and the far end.
fn assert_known(lab: Lab, program: &Program, connections: [(i32, SocketAddr, TcpStream); 2]) {
    let scene = Scene::in_lab(lab, &application("snd", 46));
    for (socket, address, mut other) in connections {
        other.write_all(b"question").unwrap();
        assert_eq!(marks_until(&scene, address.port(), |_| true), [46], "{address}");
        assert_answers(&scene, program, socket, address, |answer| {
            other.read_exact(answer).unwrap();
        });
    }
}

/// Nobody has them open yet: what the kernel sends meanwhile is nobody's, what the program sends is
/// its own.
#[test]
fn connections_that_are_not_accepted_yet() {
    let folder = Folder::new();
    let lab = Lab::new();
    let program = Program::start(folder.copy("a/snd"));
    let connections = [(20, V4), (30, V6)].map(|(socket, family)| {
        let here = endpoint(family.near, next_port());
        program.step(format_args!("tcp {} {here}", socket + 1));
        program.step(format_args!("listen {}", socket + 1));
        (socket, here, lab.in_far(|| tcp::connect(here)))
    });
    let scene = Scene::in_lab(lab, &application("snd", 46));
    for (socket, here, mut client) in connections {
        client.write_all(b"question").unwrap();
        marks_until(&scene, here.port(), |_| true);
        program.step(format_args!("accept {} {socket}", socket + 1));
        assert_answers(&scene, &program, socket, here, |answer| {
            client.read_exact(answer).unwrap();
        });
    }
}

fn assert_answers(
    scene: &Scene,
    program: &Program,
    socket: i32,
    at: SocketAddr,
    read: impl FnOnce(&mut [u8]),
) {
    program.step(format_args!("receive {socket} question"));
    program.step(format_args!("send {socket} answer"));
    let mut answer = [0; 6];
    read(&mut answer);
    assert_eq!(answer, *b"answer");
    let marks = marks_until(scene, at.port(), |ip| ip.payload == answer.as_slice());
    assert_eq!(marks, vec![46; marks.len()], "{at}");
}
