//! What is skipped between requests.

use qos_common::request::stream::Progress::Malformed;

use super::driver::{host, named, refused, requests};

const NEXT: &str = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n";

/// Asserts that behind this request, which has this body, another one is found.
fn assert_next(head: &str, body: &str) {
    let found = requests(format!("POST / HTTP/1.1\r\nHost: first\r\n{head}\r\n\r\n{body}{NEXT}"));
    let hosts: Vec<_> = found.iter().map(host).collect();
    assert_eq!(hosts, [named("first"), named("next")], "{head} {body}");
}

#[test]
fn bodies_are_passed_over() {
    assert_next("A: b", "");
    assert_next("A: b", "\r\n");
    assert_next("Content-Length: 0", "");
    assert_next("Content-Length: 5", "GET /");
    assert_next("Content-Length: 34", NEXT);
    assert_next("Content-Length: 3", "\r\n\r\r\n");
}

#[test]
fn chunks_are_passed_over() {
    for coding in
        ["chunked", "Chunked ", "gzip, chunked", "gzip,chunked,", "a\r\nTransfer-Encoding: chunked"]
    {
        let field = format!("Transfer-Encoding: {coding}");
        for body in [
            "0\r\n\r\n",
            "000\r\n\n",
            "5\r\nGET /\r\n0\r\n\r\n",
            "1F;a=b\r\nGET / HTTP/1.1\r\nHost: other\r\n\r\n\r\n1 \r\nx\r\n0;\r\n\r\n",
            "22\r\nGET /next HTTP/1.1\r\nHost: next\r\n\r\n\r\n0\r\nHost: trailer\r\nContent-Length: x\r\n\r\n",
        ] {
            assert_next(&field, body);
        }
    }
    assert_next("Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
    assert_next("Transfer-Encoding: chunked\r\nContent-Length: 100", "0\r\n\r\n");
}

#[test]
fn chunks_that_are_wrong_are_malformed() {
    for body in [
        "\r\n",
        "0\n",
        "1;a\nb",
        "1\r\na\n",
        ";a\r\n",
        "g\r\n",
        "-1\r\n",
        "1\r\nab",
        "1\r\na\rb",
        "1\rb",
        "1000000000001\r\n",
        "0\r\n a",
        " 1",
    ] {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(refused(format!("{head}{body}")), Malformed, "{body}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "it is long")]
fn chunks_have_an_end() {
    let long = "x".repeat(16_384);
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(refused(format!("{head}1;{long}\r\n")), Malformed);
    assert_eq!(refused(format!("{head}0\r\nA: {long}\r\n")), Malformed);
}

#[test]
fn requests_may_stand_in_one_segment() {
    let found = requests(NEXT.repeat(20));
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|request| *request == found[0]));
}

#[test]
fn what_follows_an_upgrade_is_no_request() {
    for fields in ["Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: h2c"] {
        let input = format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n{NEXT}");
        assert_eq!(requests(input).len(), 1);
    }
}
