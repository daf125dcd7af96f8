//! Flows of a program, with every packet that it sends of them.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

use qos_tests::{
    capture::{Frame, Ip, dscps},
    netns::{FAR_V4, FAR_V6, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{endpoint, tcp},
};

use super::program::Program;
use crate::scene::Scene;

/// The addresses of one family: where programs are, where servers listen, where nobody answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    pub(crate) near: &'static str,
    pub(crate) far: &'static str,
    pub(crate) sink: &'static str,
}

pub(crate) const V4: Family = Family { near: NEAR_V4, far: FAR_V4, sink: SINK_V4 };
pub(crate) const V6: Family = Family { near: NEAR_V6, far: FAR_V6, sink: SINK_V6 };

/// A port that no other flow of this process has.
pub(crate) fn next_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(5000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Panics unless every packet has this mark, of whatever the program sends: by UDP, as a client, as
/// a server.
pub(crate) fn assert_all(scene: &Scene, program: &Program, mark: u8) {
    for family in [V4, V6] {
        for (what, marks) in [
            ("datagrams", datagrams(scene, program, family)),
            ("a client", client(scene, program, family)),
            ("a server", server(scene, program, family)),
        ] {
            assert_eq!(marks, vec![mark; marks.len()], "{what} at {}", family.near);
        }
    }
}

/// Two datagrams of an unconnected socket, and two of a connected one.
pub(crate) fn datagrams(scene: &Scene, program: &Program, family: Family) -> Vec<u8> {
    let port = next_port();
    let (here, there) = (endpoint(family.near, 0), endpoint(family.sink, port));
    program.step(format_args!("udp 10 {here}"));
    program.step(format_args!("send-to 10 {there} x"));
    program.step(format_args!("send-to 10 {there} x"));
    program.step("close 10");
    program.step(format_args!("udp 10 {here}"));
    program.step(format_args!("connect 10 {there}"));
    program.step("send 10 x");
    program.step("send 10 x");
    program.step("close 10");
    dscps(&scene.capture.to_port(port, 4))
}

/// A connection that the program opens and closes first: from its SYN to its last ACK.
pub(crate) fn client(scene: &Scene, program: &Program, family: Family) -> Vec<u8> {
    let there = endpoint(family.far, next_port());
    let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    program.step(format_args!("tcp 10 {}", endpoint(family.near, 0)));
    program.step(format_args!("connect 10 {there}"));
    let mut server = tcp::accept(&listener);
    program.step("send 10 question");
    server.read_exact(&mut [0; 8]).unwrap();
    server.write_all(b"answer").unwrap();
    program.step("receive 10 answer");
    program.step("shutdown 10");
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    drop(server);
    program.step("ended 10");
    program.step("close 10");
    let mut marks = marks_until(scene, there.port(), |ip| ip.flags.1);
    // The ACK of the server's FIN.
    marks.extend(marks_until(scene, there.port(), |_| true));
    marks
}

/// A connection that the program accepts and closes last: from its SYN-ACK to its FIN.
pub(crate) fn server(scene: &Scene, program: &Program, family: Family) -> Vec<u8> {
    let here = endpoint(family.near, next_port());
    program.step(format_args!("tcp 11 {here}"));
    program.step("listen 11");
    let marks = served(scene, program, 11, here);
    program.step("close 11");
    marks
}

/// The same with a listener that the program has already.
pub(crate) fn served(scene: &Scene, program: &Program, listener: i32, here: SocketAddr) -> Vec<u8> {
    let mut client = scene.lab.in_far(|| tcp::connect(here));
    program.step(format_args!("accept {listener} 10"));
    client.write_all(b"question").unwrap();
    program.step("receive 10 question");
    program.step("send 10 answer");
    client.read_exact(&mut [0; 6]).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    program.step("ended 10");
    program.step("close 10");
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    marks_until(scene, here.port(), |ip| ip.flags.1)
}

/// The marks of what was sent from or to a port, up to the packet that is `last`.
pub(crate) fn marks_until(scene: &Scene, port: u16, last: impl Fn(&Ip) -> bool) -> Vec<u8> {
    let is_of_flow = |frame: &Frame| {
        let ports = frame.ip().and_then(|ip| ip.ports);
        ports.is_some_and(|(source, destination)| source == port || destination == port)
    };
    let mut marks = Vec::new();
    loop {
        let ip = scene.capture.take(1, is_of_flow)[0].ip().unwrap();
        marks.push(ip.dscp());
        if last(&ip) {
            return marks;
        }
    }
}
