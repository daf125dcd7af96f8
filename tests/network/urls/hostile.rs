//! What is no request, or a malformed one, breaks no connection and has no URL.

use qos_tests::generate::random::Random;

use super::{Conversation, answer, get, policy};
use crate::{scene::Scene, senders::flow::V4};

fn scene() -> Scene {
    Scene::with(&policy("http://*:*/", 10))
}

#[test]
fn malformed() {
    let scene = scene();
    assert_eq!(answer(&scene, V4, &[&get("/", "site")]), 10);
    let cases: [&[u8]; 9] = [
        b"GET / HTTP/2.0\r\nHost: site\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / FTP/1.1\r\nHost: site\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: site\r\n\r\n",
        b"GET / HTTP/1.1 \r\nHost: site\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : site\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\xff\xff\x01\x00\x00\x01\x00",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ];
    for case in cases {
        assert_eq!(answer(&scene, V4, &[case]), 0, "{}", case.escape_ascii());
    }
}

/// Whom answers come to is a client: it is not listened to further.
#[test]
fn an_answer_first() {
    let scene = scene();
    for (first, mark) in [("HTTP/1.1 200 OK\r\n\r\n", 0), ("HTTP/2 200\r\n\r\n", 10)] {
        let mut one = Conversation::begin(&scene, V4);
        assert_eq!(one.ask(&[first.as_bytes()]), 0);
        assert_eq!(one.ask(&[&get("/", "site")]), mark, "after {first:?}");
    }
    assert_eq!(answer(&scene, V4, &[&get("/", "site")]), 10);
}

#[test]
fn a_malformed_request_ends_the_one_before() {
    let scene = scene();
    let mut one = Conversation::begin(&scene, V4);
    assert_eq!(one.ask(&[&get("/", "site")]), 10);
    assert_eq!(one.ask(&[b"GET / HTTP/1.1\r\nHost : site\r\n\r\n"]), 0);
    assert_eq!(one.ask(&[&get("/", "site")]), 10);
}

#[test]
fn a_head_without_end() {
    let scene = scene();
    let mut one = Conversation::begin(&scene, V4);
    let head = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 60_000]].concat();
    assert_eq!(one.ask(&[&head]), 0);
    assert_eq!(one.ask(&[&head]), 0);
}

#[test]
fn noise() {
    let scene = scene();
    let mut random = Random::new(8);
    for _connection in 0..20 {
        let mut one = Conversation::begin(&scene, V4);
        for _part in 0..5 {
            let mut bytes = get("/", "site");
            for _change in 0..random.within(0..=5) {
                let at = random.within(0..=bytes.len() - 1);
                bytes[at] = *random.pick(b"\0\r\n :/x\xff");
            }
            one.ask(&[&bytes]);
        }
    }
}
