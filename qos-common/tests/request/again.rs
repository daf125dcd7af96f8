//! Segments that come again between requests, and what they may not be.

use qos_common::request::stream::{Progress::Complete, Stream};

use super::driver::push;

/// A stream that a request has ended on.
fn between() -> Stream {
    let mut stream = Stream::default();
    assert!(!stream.is_between(), "it may be of TLS");
    assert_eq!(push(&mut stream, "GET /first HTTP/1.1\r\nHost: first\r\n\r\n"), [Complete]);
    assert!(stream.is_between());
    stream
}

#[test]
fn what_leads_from_one_request_to_the_next_comes_to_the_same_again() {
    for segment in [
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET http://a:1/b HTTP/1.0\n\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nHost: a.b\r\n\r\nabc",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n",
    ] {
        let mut stream = between();
        let first = push(&mut stream, segment);
        assert!(stream.is_between(), "{segment}");
        let after = stream;
        assert_eq!(push(&mut stream, segment), first, "{segment}");
        assert_eq!(stream, after, "{segment}");
    }
}

#[test]
fn it_is_not_between_requests_where_something_follows() {
    for segment in [
        "G",
        "\r",
        "\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\nG",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "no request",
        "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
    ] {
        let mut stream = between();
        push(&mut stream, segment);
        assert!(!stream.is_between(), "{segment}");
    }
}
