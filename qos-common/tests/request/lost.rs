//! Streams of which bytes are missing, or were none of a request.

use qos_common::request::{
    key,
    stream::{
        Progress::{Complete, Malformed},
        Stream,
    },
};

use super::driver::{host, named, push};

#[test]
fn a_segment_may_begin_with_a_request_again() {
    let mut stream = Stream::default();
    assert_eq!(push(&mut stream, "GET /a HTTP/1.1\r\nHost: a\r\nContent-Le"), [Complete]);
    stream.lose();
    assert_eq!((stream.to_skip(), stream.is_over()), (u64::MAX, false));
    assert_eq!(push(&mut stream, "ngth: 5\r\n\r\n"), []);
    assert_eq!(push(&mut stream, "GET /\r\n\r\nGET /a HTTP/1.1\r\n\r\n"), []);
    assert_eq!(push(&mut stream, "GE"), []);
    assert_eq!(push(&mut stream, "T /b HTTP/1.1\r\nHost: b\r\n"), [Complete]);
    assert_eq!(host(stream.request()), named("b"));
    assert_eq!(stream.request().path[0], key::path(["b"]));
}

#[test]
fn a_malformed_request_is_not_the_last() {
    let mut stream = Stream::default();
    assert_eq!(
        push(&mut stream, "GET / HTTP/1.1\r\nHost : a\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        [Malformed]
    );
    assert_eq!(push(&mut stream, "\x16\x03\x01"), []);
    assert_eq!(push(&mut stream, "PRI * HTTP/2.0\r\n\r\n"), []);
    assert_eq!(push(&mut stream, "GET / HTTP/1.1\r\n\r\n"), [Complete]);
    assert!(!stream.is_over());
}

#[test]
fn what_is_no_request_behind_one_is_passed_over() {
    let mut stream = Stream::default();
    assert_eq!(push(&mut stream, "GET / HTTP/1.1\r\n\r\nwhat?GET / HTTP/1.1\r\n\r\n"), [Complete]);
    assert_eq!(stream.to_skip(), u64::MAX);
    assert_eq!(push(&mut stream, "GET / HTTP/1.1\r\n\r\n"), [Complete]);
}

#[test]
fn a_body_with_a_hole_is_not_waited_for() {
    let mut stream = Stream::default();
    assert_eq!(push(&mut stream, "PUT / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"), [Complete]);
    assert_eq!(stream.to_skip(), 1000);
    stream.skip(400);
    assert_eq!(stream.to_skip(), 600);
    stream.lose();
    assert_eq!(push(&mut stream, "DELETE / HTTP/1.1\r\nHost: c\r\n\r\n"), [Complete]);
}

#[test]
fn a_hello_with_a_hole_is_over() {
    let mut stream = Stream::default();
    assert_eq!(push(&mut stream, "\x16\x03\x01\x01\x00\x01\x00"), []);
    stream.lose();
    assert!(stream.is_over());
    assert_eq!(push(&mut stream, "GET / HTTP/1.1\r\n\r\n"), []);
    stream.lose();
    assert!(stream.is_over());
}

#[test]
fn a_connection_seen_from_its_midst_is_read() {
    let mut stream = Stream::default();
    stream.lose();
    assert_eq!(push(&mut stream, "half a body"), []);
    assert_eq!(push(&mut stream, "GET / HTTP/1.1\r\n\r\n"), [Complete]);
}
