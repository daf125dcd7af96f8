//! `url`: what a server answers is marked by what the client asked for.

mod classes;
mod conversation;
mod deferred;
pub(crate) mod hello;
mod hostile;
mod requests;
mod segments;
mod third_party;
mod tls;

use crate::{scene::Scene, senders::flow::Family};
pub(crate) use conversation::Conversation;

/// A policy for a URL, by which its DSCP can be told from others'.
fn policy(url: &str, dscp: u8) -> String {
    format!("[[policy]]\nname = \"{url}\"\nurl = \"{url}\"\ndscp = {dscp}\n")
}

/// The head of a request.
fn get(path: &str, host: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n").into_bytes()
}

/// The mark of the first answer of a connection, to what comes in these parts.
fn answer(scene: &Scene, family: Family, parts: &[&[u8]]) -> u8 {
    Conversation::begin(scene, family).ask(parts)
}
