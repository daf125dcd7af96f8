//! Packets that the kernel sends in place of sockets that are gone: nobody sends them, which is
//! counted if a policy asks for it.

use std::{
    fs,
    io::Read as _,
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use qos_tests::{
    capture::{Frame, dscps},
    loader,
    netns::{FAR, FAR_V4, Lab, NEAR_V4, SINK_V4},
    patience::PATIENCE,
    sender::{PacketSocket, endpoint, process::Process, tcp},
};

use serde_json::Value;

use crate::{frames::forwarded_udp, scene::Scene};

/// A set with a condition on who sends.
const ASKS: &str = "[[policy]]\nname = \"shell\"\napplication = \"bash\"\ndscp = 10\n";

/// Nothing that leaves is not a test's.
fn scene(policies: &str) -> Scene {
    let lab = Lab::new();
    lab.without_ipv6();
    lab.forward();
    Scene::in_lab(lab, policies)
}

/// Has the near side refuse a connection.
fn refuse(scene: &Scene) {
    scene.lab.in_far(|| TcpStream::connect(endpoint(NEAR_V4, 6000)).unwrap_err());
    let is_reset = |frame: &Frame| frame.ip().is_some_and(|ip| ip.source_port() == Some(6000));
    assert_eq!(dscps(&scene.capture.take(1, is_reset)), [0]);
}

/// Has a connection end whose near side has closed it before, and waits.
fn close_late(scene: &Scene) {
    let far = endpoint(FAR_V4, 6001);
    let listener = scene.lab.in_far(|| TcpListener::bind(far).unwrap());
    drop(tcp::connect(far));
    let mut server = tcp::accept(&listener);
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    wait_until_closed(6001);
    drop(server);
    // SYN, ACK, FIN, and the answer to the other FIN.
    scene.capture.to_port(6001, 4);
}

/// Waits until the other side has acknowledged the end of the connection to this port (`FIN_WAIT2`).
fn wait_until_closed(port: u16) {
    let end = Instant::now() + PATIENCE;
    let port = format!(":{port:04X}");
    let is_closed = |line: &str| {
        let mut fields = line.split_whitespace().skip(2);
        fields.next().is_some_and(|peer| peer.ends_with(&port)) && fields.next() == Some("05")
    };
    while !fs::read_to_string("/proc/thread-self/net/tcp").unwrap().lines().any(is_closed) {
        assert!(Instant::now() < end, "the connection does not end");
        thread::sleep(Duration::from_millis(1));
    }
}

/// What is sent by programs, and by others' machines.
fn send_others(scene: &Scene) {
    Process::default().send(SINK_V4, 5000);
    assert_eq!(scene.packet_to(5000).ip().unwrap().payload.len(), "datagram\n".len());
    scene.lab.in_far(|| PacketSocket::on(FAR)).send(&forwarded_udp(FAR_V4, SINK_V4, 5001));
    assert_eq!(scene.mark_of(5001), 0);
}

fn assert_counted(count: u64) {
    let output = loader::command().args(["status", "--json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["running"][0]["nobodys"], count, "{document:#}");
    let text = loader::command().arg("status").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    let said = format!("{count} packets were sent by no program");
    let is_said = |line: &str| line.starts_with("nobody's ") && line.ends_with(&said);
    assert_eq!(text.lines().any(is_said), count > 0, "{text}");
}

#[test]
fn a_reset_from_a_closed_port() {
    let scene = scene(ASKS);
    refuse(&scene);
    send_others(&scene);
    assert_counted(1);
}

#[test]
fn an_answer_of_a_connection_that_was_closed() {
    let scene = scene(ASKS);
    close_late(&scene);
    send_others(&scene);
    assert_counted(1);
}

/// Nobody asks.
#[test]
fn is_not_counted_in_vain() {
    let scene = scene("[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 10\n");
    refuse(&scene);
    close_late(&scene);
    send_others(&scene);
    assert_counted(0);
}
