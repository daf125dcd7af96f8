//! Requests in several segments.

use super::{Conversation, answer, get, policy};
use crate::{scene::Scene, senders::flow::V4};

fn scene() -> Scene {
    Scene::with(&(policy("http://site:*/a", 10) + &policy("http://site:*/b", 12)))
}

#[test]
fn cut_anywhere() {
    let scene = scene();
    let request = get("/a", "site");
    for cut in 1..request.len() {
        let (first, second) = request.split_at(cut);
        assert_eq!(answer(&scene, V4, &[first, second]), 10, "cut at {cut}");
    }
}

#[test]
fn byte_by_byte() {
    let scene = scene();
    let request = get("/b/1/2", "site");
    let segments: Vec<&[u8]> = request.chunks(1).collect();
    assert_eq!(answer(&scene, V4, &segments), 12);
}

#[test]
fn long_heads() {
    let scene = scene();
    for (length, parts) in [(600, 1), (2_048, 4), (8_000, 6)] {
        let cookie = "c".repeat(length);
        let request = format!("GET /a HTTP/1.1\r\nCookie: {cookie}\r\nHost: site\r\n\r\n");
        let segments: Vec<&[u8]> =
            request.as_bytes().chunks(request.len().div_ceil(parts)).collect();
        let mut one = Conversation::begin(&scene, V4);
        assert_eq!(one.ask(&segments), 10, "{length} bytes in {parts}");
        assert_eq!(one.ask(&[&get("/b", "site")]), 12, "after {length} bytes");
    }
}

#[test]
fn large_bodies() {
    let scene = scene();
    let mut one = Conversation::begin(&scene, V4);
    let length = 300_000;
    let head = format!("PUT /a HTTP/1.1\r\nHost: site\r\nContent-Length: {length}\r\n\r\n");
    let body = vec![b'x'; length];
    let chunks: Vec<&[u8]> = body.chunks(50_000).collect();
    assert_eq!(one.ask(&[&[head.as_bytes()], chunks.as_slice()].concat()), 10);
    assert_eq!(one.ask(&[&get("/b", "site")]), 12);
}
