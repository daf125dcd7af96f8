//! Request lines and their targets.

use qos_common::request::{
    HTTP, MAX_ELEMENTS, TOO_MANY_ELEMENTS,
    stream::{
        Progress::{More, Over},
        Stream,
    },
};

use super::driver::{assert_path, host, named, refused, request, requests};

fn of_target(target: &str) -> qos_common::request::Request {
    request(format!("GET {target} HTTP/1.1\r\nHost: example.com:81\r\n\r\n"))
}

#[test]
fn the_path_is_read_by_elements() {
    for (target, elements) in [
        ("/", &[][..]),
        ("/a", &["a"]),
        ("/a/", &["a"]),
        ("/a/b", &["a", "b"]),
        ("/a/b/", &["a", "b"]),
        ("/a//b", &["a", "", "b"]),
        ("/a//", &["a", ""]),
        ("//", &[""]),
        ("//a", &["", "a"]),
        ("/A/%41/../.", &["A", "%41", "..", "."]),
        ("/a?b/c", &["a"]),
        ("/a/?b", &["a"]),
        ("/?", &[]),
        ("/a#b/c", &["a"]),
        ("/\u{e9}", &["\u{e9}"]),
        ("*", &[]),
    ] {
        let found = of_target(target);
        assert_path(&found, elements);
        assert_eq!((found.scheme, found.port, host(&found)), (HTTP, 81, named("example.com")));
    }
}

#[test]
fn a_long_path_is_told_from_a_short_one() {
    let elements = ["a"; MAX_ELEMENTS];
    let target = elements.map(|element| format!("/{element}")).concat();
    assert_path(&of_target(&target), &elements);
    assert_path(&of_target(&format!("{target}/")), &elements);
    for more in ["/b", "//", "/b/c/d"] {
        let found = of_target(&format!("{target}{more}"));
        assert_eq!(found.elements, TOO_MANY_ELEMENTS);
        assert_path(&qos_common::request::Request { elements: 12, ..found }, &elements);
    }
}

#[test]
fn an_absolute_target_names_the_host() {
    for (target, name, port, elements) in [
        ("http://h.test/a/b", "h.test", 0, &["a", "b"][..]),
        ("HTTP://H.Test:8080/a?b", "h.test", 8080, &["a"]),
        ("http://h.test", "h.test", 0, &[]),
        ("http://h.test?a/b", "h.test", 0, &[]),
        ("http://h.test:#a", "h.test", 0, &[]),
        ("http://user:pass@h.test:1/", "h.test", 1, &[]),
        ("http://a.b.c@h.test/", "h.test", 0, &[]),
        ("http://[2001:DB8::1]:1/a/", "[2001:db8::1]", 1, &["a"]),
    ] {
        let found = of_target(target);
        assert_path(&found, elements);
        assert_eq!((host(&found), found.port), (named(name), port), "{target}");
    }
    assert_eq!(host(&of_target("http:///a")), None);
}

#[test]
fn connect_names_a_host_and_a_port() {
    let found =
        request("CONNECT h.test:443 HTTP/1.1\r\nHost: other.test\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    assert_eq!((host(&found), found.port), (named("h.test"), 443));
    assert_path(&found, &[]);
    for target in ["", "/", "h.test/a", "h.test?"] {
        assert_eq!(refused(format!("CONNECT {target} HTTP/1.1\r\n\r\n")), Over, "{target}");
    }
}

#[test]
fn lines_that_are_none_are_no_http() {
    for line in [
        "get / HTTP/1.1",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        " GET / HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET / HTTP/2.0",
        "PRI * HTTP/2.0",
        "GET /",
        "GET / HTTP/1.",
        "GET / HTTP/1.1 ",
        "GET / HTTP/1.10",
        "GET\t/ HTTP/1.1",
        "GET /\t HTTP/1.1",
        "GET a HTTP/1.1",
        "GET http:/a HTTP/1.1",
        "GET ?a HTTP/1.1",
        "GET ** HTTP/1.1",
        "GET /\0 HTTP/1.1",
        "GET /\x7f HTTP/1.1",
        "GET / http/1.1",
        "G@T / HTTP/1.1",
        "SEVENTEEN-LETTERS / HTTP/1.1",
        "SSH-2.0-OpenSSH_9.6",
        "EHLO example.com",
        "\rGET / HTTP/1.1",
        "GET http://h.test\t/ HTTP/1.1",
        "GET /?\t HTTP/1.1",
        "",
        "\0",
    ] {
        let expected = if line.is_empty() { More } else { Over };
        assert_eq!(refused(format!("{line}\r\n\r\n")), expected, "{line}");
    }
}

#[test]
fn lines_end_with_or_without_cr() {
    let expected = requests("GET /a HTTP/1.1\r\n\r\n");
    for input in [
        "GET /a HTTP/1.1\n\n",
        "\r\n\r\n\nGET /a HTTP/1.0\r\n\n",
        "BASELINE-CONTROL /a HTTP/1.9\n\r\n",
    ] {
        assert_eq!(requests(input), expected, "{input}");
    }
}

#[test]
fn other_protocols_are_told_by_their_first_bytes() {
    for start in ["GET", "POS", "HEA", "CON", "MKC", "VER", "\r\nG", "\x16\x03\x01", "\x16\x03\x03"]
    {
        assert!(Stream::is_start(*start.as_bytes().first_chunk().unwrap()), "{start}");
    }
    for start in ["SSH", "EHL", "get", "\x16\x02\x00", "\x17\x03\x03", "\0\0\0", "GE "] {
        assert!(!Stream::is_start(*start.as_bytes().first_chunk().unwrap()), "{start}");
    }
}

#[test]
fn answers_are_told_by_their_first_bytes() {
    for start in ["HTTP/1.1", "HTTP/1.0", "HTTP/1.x"] {
        assert!(Stream::is_answer(*start.as_bytes().first_chunk().unwrap()), "{start}");
    }
    for start in ["HTTP/2.0", "HTTP/10 ", "http/1.1", "HTTQ/1.1", "GET / HT", "\0HTTP/1."] {
        assert!(!Stream::is_answer(*start.as_bytes().first_chunk().unwrap()), "{start}");
    }
}
