//! Fields of a head.

use qos_common::request::{
    MAX_LABELS,
    stream::Progress::{Complete, Malformed},
};

use super::driver::{events, host, named, refused, request, requests};

fn head(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n")
}

#[test]
fn hosts_are_read() {
    for (value, name, port) in [
        ("example.com", "example.com", 0),
        (" \tWWW.Example.COM\t ", "www.example.com", 0),
        ("example.com.", "example.com", 0),
        ("example.com.:80", "example.com", 80),
        ("example.com:", "example.com", 0),
        ("example.com:00443", "example.com", 443),
        ("example.com:65535", "example.com", 65535),
        ("a_b-c.1", "a_b-c.1", 0),
        ("10.0.0.1:8080", "10.0.0.1", 8080),
        ("[::1]", "[::1]", 0),
        ("[2001:DB8::AB:1.2.3.4]:443", "[2001:db8::ab:1.2.3.4]", 443),
        ("localhost", "localhost", 0),
    ] {
        let found = request(head(&format!("host:{value}")));
        assert_eq!((host(&found), found.port), (named(name), port), "{value}");
    }
}

#[test]
fn every_suffix_of_a_host_has_its_key() {
    let labels: Vec<_> = (0..MAX_LABELS).map(|label| format!("l{label}")).collect();
    let found = request(head(&format!("Host: {}", labels.join("."))));
    assert_eq!(found.labels as usize, MAX_LABELS);
    for (index, suffix) in found.suffixes.iter().enumerate() {
        assert_eq!(Some(*suffix), named(&labels[index..].join(".")));
    }
}

#[test]
fn what_is_no_host_is_none() {
    for value in [
        "",
        " ",
        ".",
        "..",
        ".a",
        "a..b",
        "a..",
        ":80",
        "a b",
        "a@b",
        "a/b",
        "a:b",
        "a:65536",
        "a:80:80",
        "a:99999999999",
        "a%41",
        "[::1",
        "[::1]a",
        "[::g]",
        "::1",
        "]",
        "a[",
        "a.1.2.3.4.5.6.7.8.9.10",
        "\u{e9}",
        "a,b",
        "a: 80",
        "[::1].",
    ] {
        let found = request(head(&format!("Host: {value}")));
        assert_eq!((host(&found), found.labels, found.port), (None, 0, 0), "{value}");
    }
    assert_eq!(host(&request(head("A: b"))), None);
    assert_eq!(host(&request(head("Hosts: b\r\nXHost: c\r\nH: d"))), None);
}

#[test]
fn a_request_is_complete_as_soon_as_its_host_is_known() {
    let line = "GET / HTTP/1.1\r\nHost: a\r\n";
    let found = events(format!("{line}B: c\r\n\r\n").as_bytes());
    assert_eq!(found.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(), [(line.len(), Complete)]);
    let found = events(b"GET / HTTP/1.1\nB: c\n\n");
    assert_eq!(found.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(), [(21, Complete)]);
}

#[test]
fn equal_hosts_are_one() {
    assert_eq!(host(&request(head("Host: a.b\r\nHost: A.b "))), named("a.b"));
    for others in ["Host: a\r\nHost: b", "Host: a\r\nHost:", "Host: a\r\nX: y\r\nHost: a:80"] {
        let found = events(head(others).as_bytes());
        let progress: Vec<_> = found.iter().map(|event| event.1).collect();
        assert_eq!(progress, [Complete, Malformed], "{others}");
    }
    let absolute = "GET http://t/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    assert_eq!(refused(absolute), Malformed);
}

#[test]
fn heads_that_are_wrong_are_malformed() {
    for fields in [
        "Host : a",
        " Host: a",
        "\tHost: a",
        "A: b\r\n c",
        "Host",
        ": a",
        "Ho st: a",
        "H\0: a",
        "A: \0",
        "A: \x01",
        "A: \x7f",
        "A: b\rc",
        "A: b\r\rc",
        "H\u{e9}: a",
        "Content-Length: a",
        "Content-Length:",
        "Content-Length: 1 2",
        "Content-Length: -1",
        "Content-Length: 1, 1",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding:",
        "Transfer-Encoding: chun ked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
        "A(b): c",
    ] {
        assert_eq!(refused(head(fields)), Malformed, "{fields}");
    }
}

#[test]
fn heads_that_are_unusual_are_right() {
    for fields in [
        "A:",
        "A: \t ",
        "A:b",
        "A: \u{e9}\t:",
        "!#$%&'*+-.^_`|~09: a",
        "Content-Length: 0",
        "content-length:\t007 ",
        "Content-Length: 1\r\nContent-Length: 01",
    ] {
        assert_eq!(requests(head(fields)).len(), 1, "{fields}");
    }
}

#[test]
fn a_head_has_an_end() {
    let filled = |length: usize| {
        let rest = length - head("A: ").len();
        head(&format!("A: {}", "b".repeat(rest)))
    };
    assert_eq!(requests(filled(16_384)).len(), 1);
    assert_eq!(refused(filled(16_385)), Malformed);
}
