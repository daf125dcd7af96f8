//! The server's name in a `ClientHello`.

use qos_common::request::{
    HTTPS, Request,
    stream::Progress::{Complete, Malformed, More, Over},
};

use super::driver::{events, host, named, refused};

/// A number of so many bytes before `content`.
fn counted<const BYTES: usize>(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[4 - BYTES..], content].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes(), &counted::<2>(content)[..]].concat()
}

fn server_name(names: &[(u8, &str)]) -> Vec<u8> {
    let one = |(kind, name): &(u8, &str)| [&[*kind], &counted::<2>(name.as_bytes())[..]].concat();
    extension(0, &counted::<2>(&names.iter().flat_map(one).collect::<Vec<_>>()))
}

fn message(extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend(counted::<1>(&[8; 32]));
    body.extend(counted::<2>(&[0x13, 0x01, 0x13, 0x02]));
    body.extend(counted::<1>(&[0]));
    if !extensions.is_empty() {
        body.extend(counted::<2>(&extensions.concat()));
    }
    [&[1], &counted::<3>(&body)[..]].concat()
}

/// In records of so many bytes.
fn records(message: &[u8], size: usize) -> Vec<u8> {
    let record = |bytes: &[u8]| [&[22, 3, 1], &counted::<2>(bytes)[..]].concat();
    message.chunks(size).flat_map(record).collect()
}

fn request(input: &[u8]) -> Request {
    let found = events(input);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, Complete);
    found[0].2.unwrap()
}

#[test]
fn the_server_is_named() {
    for (name, expected) in [
        ("example.com", named("example.com")),
        ("WWW.Example.Com.", named("www.example.com")),
        ("a", named("a")),
        ("a:80", None),
        ("[::1]", None),
        ("a..b", None),
        ("a b", None),
        ("\0", None),
    ] {
        let extensions = [extension(43, &[2, 3, 4]), server_name(&[(0, name)])];
        let found = request(&records(&message(&extensions), 9999));
        assert_eq!(host(&found), expected, "{name}");
        assert_eq!((found.scheme, found.port, found.elements), (HTTPS, 0, 0));
    }
}

#[test]
fn a_hello_may_come_in_many_records() {
    let key_share = extension(51, &[9; 1216 + 36]); // X25519MLKEM768 alone
    let message = message(&[key_share, server_name(&[(0, "a.b")]), extension(0x0a0a, &[])]);
    let sizes: &[usize] = if cfg!(miri) { &[1000] } else { &[1, 2, 3, 4, 5, 100, 1000, 16_384] };
    for &size in sizes {
        assert_eq!(host(&request(&records(&message, size))), named("a.b"), "{size}");
    }
}

#[test]
fn the_first_name_of_a_host_counts() {
    for (names, expected) in [
        (&[(0, "a"), (0, "b")][..], Some("a")),
        (&[(1, "x"), (0, "b")], Some("b")),
        (&[(1, "x"), (2, "y")], None),
    ] {
        let found = request(&records(&message(&[server_name(names), extension(5, b"x")]), 9999));
        assert_eq!(host(&found), expected.and_then(named), "{names:?}");
    }
}

#[test]
fn a_client_may_name_no_server() {
    for extensions in [&[][..], &[extension(5, b"abc")], &[extension(0, b"")], &[extension(5, b"")]]
    {
        let found = request(&records(&message(extensions), 9999));
        assert_eq!((found.scheme, found.labels), (HTTPS, 0));
    }
}

#[test]
fn a_hello_that_is_cut_off_is_waited_for() {
    let whole = records(&message(&[extension(5, b"abc"), server_name(&[(0, "a.b")])]), 9999);
    for length in (0..whole.len()).step_by(if cfg!(miri) { 23 } else { 1 }) {
        assert_eq!(refused(&whole[..length]), More, "{length}");
    }
}

#[test]
fn what_is_no_hello_is_malformed() {
    let good = records(&message(&[server_name(&[(0, "a.b")])]), 9999);
    let (header, name) = (5, good.len() - 3);
    for (at, byte) in [
        (header, 2),            // a ServerHello
        (header + 1, 1),        // longer than is read
        (header + 4 + 34, 255), // a session's number that is longer than the message
        (header + 4 + 34 + 33, 1),
        (name - 1, 4),    // a name longer than its list
        (name - 1, 0),    // an empty name
        (name - 4, 5),    // a list shorter than the extension
        (name - 6, 0),    // an extension shorter than the list
        (name - 10, 255), // extensions longer than the message
    ] {
        let mut wrong = good.clone();
        wrong[at] = byte;
        assert_eq!(refused(&wrong), Malformed, "{at} {byte}");
    }
    let mut wrong = records(&message(&[server_name(&[(0, "a.b")])]), 20);
    wrong[25] = 20; // another record in its midst
    assert_eq!(refused(&wrong), Malformed);
    assert_eq!(refused([22, 3, 1, 0, 0]), Malformed);
    assert_eq!(refused([22, 3, 1, 0x40, 1]), Malformed);
    for other in [[22, 4], [22, 22], [21, 3]] {
        assert_eq!(refused(other), Over);
    }
}
