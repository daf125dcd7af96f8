//! Requests, one behind the other.

use std::fmt::Write as _;

use qos_tests::generate::random::Random;

use super::{field, text};

const METHODS: [&str; 12] = [
    "GET",
    "GET",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "CONNECT",
    "PROPFIND",
    "M-SEARCH",
    "BASELINE-CONTROL",
];

/// What bodies are like.
const CONTENTS: [&str; 6] = [
    "",
    "a=b",
    "GET /x HTTP/1.1\r\nHost: body\r\n\r\n",
    "\r\n\r\n",
    "{\"a\": [1, 2]}",
    "0\r\n\r\n",
];

/// What a client sends on a connection.
pub(super) fn connection(random: &mut Random) -> Vec<u8> {
    let count = random.within(1..=4);
    (0..count).flat_map(|_| request(random).into_bytes()).collect()
}

fn request(random: &mut Random) -> String {
    let end = if random.percent(95) { "\r\n" } else { "\n" };
    let empty = if random.percent(5) { end } else { "" };
    let method = text::pick(random, &METHODS);
    let target = text::target(random, method);
    let version = text::pick(random, &["1.1", "1.1", "1.1", "1.0"]);
    let (fields, body) = body(random);
    let fields = field::fields(random, &fields, end);
    format!("{empty}{method} {target} HTTP/{version}{end}{fields}{end}{body}")
}

/// The fields of a body, and the body.
fn body(random: &mut Random) -> (Vec<(&'static str, String)>, String) {
    let content = text::pick(random, &CONTENTS).to_owned();
    let mut fields = Vec::new();
    match random.within(0..=9) {
        0..=2 => {
            for _ in 0..=usize::from(random.percent(5)) {
                fields.push(("Content-Length", content.len().to_string()));
            }
            (fields, content)
        }
        3..=4 => {
            let coding = text::pick(
                random,
                &["chunked", "Chunked", "gzip, chunked", "gzip,chunked", "chunked,"],
            );
            fields.push(("Transfer-Encoding", coding.to_owned()));
            if random.percent(10) {
                fields.push(("Content-Length", "5".to_owned()));
            }
            (fields, chunks(random, &content))
        }
        _ => (fields, String::new()),
    }
}

fn chunks(random: &mut Random, content: &str) -> String {
    let mut text = String::new();
    let mut rest = content;
    while !rest.is_empty() {
        let (chunk, behind) = rest.split_at(random.within(1..=rest.len()));
        let extension = text::pick(random, &["", "", "", ";a=b", " ;a=\"b c\"", " "]);
        let size = chunk.len();
        if random.percent(50) {
            write!(text, "{size:x}").unwrap();
        } else {
            write!(text, "{size:04X}").unwrap();
        }
        write!(text, "{extension}\r\n{chunk}\r\n").unwrap();
        rest = behind;
    }
    text + text::pick(
        random,
        &["0\r\n\r\n", "0\r\n\r\n", "000;x\r\nHost: trailer\r\nContent-Length: x\r\n\r\n"],
    )
}
