//! What a client of TLS names its server.

use super::{Conversation, hello::Hello, policy};
use crate::{
    scene::Scene,
    senders::flow::{V4, V6, next_port},
};

#[test]
fn by_the_name_that_the_client_gives() {
    let policies = policy("https://secure.example.com:*/", 34);
    let scene = Scene::with(&policies);
    for family in [V4, V6] {
        for (name, mark) in [
            (Some("secure.example.com"), 34),
            (Some("Secure.EXAMPLE.com"), 34),
            (Some("www.secure.example.com"), 0),
            (Some("example.com"), 0),
            (None, 0),
        ] {
            for (key_share, name_is_last) in
                [(32, false), (32, true), (1_216, false), (1_216, true)]
            {
                let hello = Hello { name, key_share, name_is_last }.record();
                for size in [hello.len(), 600, 1] {
                    let segments: Vec<&[u8]> = hello.chunks(size).collect();
                    let mut one = Conversation::begin(&scene, family);
                    assert_eq!(one.ask(&segments), mark, "{name:?}, {key_share} bytes, by {size}");
                    // What follows can't be read.
                    assert_eq!(one.ask(&[b"\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x02ab"]), mark);
                }
            }
        }
    }
}

#[test]
fn ports_and_any_host() {
    let port = next_port();
    let policies = policy(&format!("https://*:{port}/"), 10) + &policy("https://a:*/", 12);
    let scene = Scene::with(&policies);
    for (name, mark) in [(Some("a"), 12), (Some("b"), 10), (None, 10)] {
        let hello = Hello { name, key_share: 32, name_is_last: true }.record();
        assert_eq!(Conversation::at(&scene, V4, port).ask(&[&hello]), mark, "{name:?}");
        let elsewhere = if mark == 12 { 12 } else { 0 };
        assert_eq!(Conversation::begin(&scene, V4).ask(&[&hello]), elsewhere, "{name:?}");
    }
}
