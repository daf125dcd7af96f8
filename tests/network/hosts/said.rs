//! What a connection itself says of its server's name counts more than what the server's address is known
//! as.

use std::{io::Write as _, net::TcpListener};

use qos_tests::{
    netns::{FAR_V4, FAR_V6},
    sender::{endpoint, tcp},
};

use super::{OTHER_SINK_V4, look_up, policy};
use crate::{
    scene::Scene,
    senders::flow::{Family, V4, V6, next_port},
    urls::hello::Hello,
};

/// The marks of a connection's first packet, and of those with what it says.
fn marks(scene: &Scene, family: Family, segments: &[&[u8]]) -> (u8, Vec<u8>) {
    // The ports of others that this process sends to are below.
    let there = endpoint(family.far, 2_000 + next_port());
    let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    let mut client = tcp::connect(there);
    client.set_nodelay(true).unwrap();
    let _server = tcp::accept(&listener);
    let syn = scene.mark_of(there.port());
    let said = segments.iter().map(|segment| {
        client.write_all(segment).unwrap();
        let frames = scene.capture.take(1, |frame| {
            frame.ip().is_some_and(|ip| {
                ip.destination_port() == Some(there.port()) && ip.payload == *segment
            })
        });
        frames[0].ip().unwrap().dscp()
    });
    let said = said.collect();
    (syn, said)
}

fn hello(name: &str) -> Vec<u8> {
    Hello { name: Some(name), key_share: 1_216, name_is_last: true }.record()
}

#[test]
fn an_address_of_which_nothing_is_known() {
    let scene = Scene::with(&policy(r#"["example.com", "*.example.net"]"#));
    for family in [V4, V6] {
        for (name, mark) in [
            ("example.com", 10),
            ("EXAMPLE.com", 10),
            ("www.example.com", 0),
            ("www.example.net", 10),
            ("a.b.example.net", 10),
            ("example.net", 0),
            ("notexample.net", 0),
        ] {
            // In segments of less than the largest that a veth pair lets through.
            let hello = hello(name);
            let (first, second) = hello.split_at(1_000);
            let data = b"\x17\x03\x03\x00\x01x".as_slice();
            let (syn, said) = marks(&scene, family, &[first, second, data]);
            assert_eq!((syn, said), (0, vec![0, mark, mark]), "{name} at {}", family.far);
            let http = format!("GET / HTTP/1.1\r\nHost: {name}:8080\r\n\r\n");
            assert_eq!(marks(&scene, family, &[http.as_bytes()]), (0, vec![mark]), "{name}");
            let proxied = format!("CONNECT {name}:443 HTTP/1.1\r\nHost: proxy\r\n\r\n");
            assert_eq!(marks(&scene, family, &[proxied.as_bytes()]), (0, vec![mark]), "{name}");
        }
    }
}

#[test]
fn a_shared_address() {
    let scene = Scene::with(&policy(r#""example.com""#));
    look_up(&scene, "example.com", &[], &[FAR_V4]);
    look_up(&scene, "example.com", &[], &[FAR_V6]);
    for family in [V4, V6] {
        super::wait_for(&scene, family.far, 10);
        for (name, mark) in [("example.com", 10), ("example.org", 0)] {
            let http = format!("GET / HTTP/1.1\r\nHost: {name}\r\n\r\n");
            assert_eq!(
                marks(&scene, family, &[http.as_bytes()]),
                (10, vec![mark]),
                "{name} at {}",
                family.far
            );
        }
        // What can't be read says nothing.
        assert_eq!(marks(&scene, family, &[b"SSH-2.0-OpenSSH_9.2\r\n"]), (10, vec![10]));
    }
    assert_eq!(super::mark(&scene, OTHER_SINK_V4), 0);
}

#[test]
fn within_a_destination() {
    let policy = format!("{}destination = \"{FAR_V4}\"\n", policy(r#""example.com""#));
    let scene = Scene::with(&policy);
    let http = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n".as_slice();
    assert_eq!(marks(&scene, V4, &[http]), (0, vec![10]));
    assert_eq!(marks(&scene, V6, &[http]), (0, vec![0]));
}

#[test]
fn what_is_received_is_not_said() {
    let scene = Scene::with(&policy(r#""example.com""#));
    let request = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n".as_slice();
    let mut one = crate::urls::Conversation::begin(&scene, V4);
    assert_eq!(one.ask(&[request]), 0);
}
