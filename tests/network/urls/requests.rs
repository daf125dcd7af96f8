//! Requests in all the forms that clients give them.

use qos_tests::netns::{NEAR_V4, NEAR_V6};

use super::{answer, conversation::Conversation, get, policy};
use crate::{
    scene::Scene,
    senders::flow::{V4, V6, next_port},
};

#[test]
fn a_host_and_what_is_below_a_path() {
    let scene = Scene::with(&policy("http://hrweb.corp:*/training", 46));
    for family in [V4, V6] {
        for (path, host, mark) in [
            ("/training", "hrweb.corp", 46),
            ("/training/", "hrweb.corp", 46),
            ("/training/a/b?q=1", "hrweb.corp", 46),
            ("/training?q=/x", "hrweb.corp", 46),
            ("/training/a", "HRWeb.Corp:8080", 46),
            ("/training", "hrweb.corp.", 46),
            ("/trainings", "hrweb.corp", 0),
            ("/Training", "hrweb.corp", 0),
            ("/", "hrweb.corp", 0),
            ("/x/training", "hrweb.corp", 0),
            ("/training", "corp", 0),
            ("/training", "www.hrweb.corp", 0),
            ("/training", "hrweb.corpx", 0),
        ] {
            let marked = answer(&scene, family, &[&get(path, host)]);
            assert_eq!(marked, mark, "{path} of {host} at {}", family.near);
        }
    }
}

#[test]
fn a_path_alone() {
    let url = policy("http://video:*/new", 20) + "subdirectories = false\n";
    let scene = Scene::with(&url);
    for (path, mark) in [("/new", 20), ("/new/", 20), ("/new?a", 20), ("/new/1", 0), ("/", 0)] {
        assert_eq!(answer(&scene, V4, &[&get(path, "video")]), mark, "{path}");
    }
}

#[test]
fn ports_and_wildcards() {
    let port = next_port();
    let policies = policy(&format!("http://*:{port}/"), 10)
        + &policy("http://a:8080/", 12)
        + &policy("http://b/", 14)
        + &policy("http://c:*/", 18);
    let scene = Scene::with(&policies);
    for (host, mark) in [
        // A port that is named counts, whatever the server's is.
        ("a:8080", 12),
        ("b:80", 14),
        ("c:1", 18),
        (&format!("x:{port}"), 10),
        ("x:81", 0),
        // Else it is the scheme's own, or that of the server.
        ("b", 14),
        ("c", 18),
        ("a", 10),
        ("x", 10),
    ] {
        let mut one = Conversation::at(&scene, V4, port);
        assert_eq!(one.ask(&[&get("/", host)]), mark, "{host}");
        drop(one);
    }
}

#[test]
fn addresses_as_hosts() {
    let policies = policy(&format!("http://{NEAR_V4}:*/"), 10)
        + &policy(&format!("http://[{NEAR_V6}]:*/"), 12);
    let scene = Scene::with(&policies);
    for (family, host, mark) in [
        (V4, NEAR_V4.to_owned(), 10),
        (V4, format!("{NEAR_V4}:8080"), 10),
        (V6, format!("[{NEAR_V6}]"), 12),
        (V6, format!("[{}]:8080", NEAR_V6.to_uppercase()), 12),
        (V6, "[2001:db8:ffff::1]".to_owned(), 0),
    ] {
        assert_eq!(answer(&scene, family, &[&get("/", &host)]), mark, "{host}");
    }
}

#[test]
fn forms_of_requests() {
    let policies = policy("http://site:*/a", 10) + &policy("http://*:*/old", 12);
    let scene = Scene::with(&policies);
    let cases: [(&str, u8); 12] = [
        ("GET http://site/a/b HTTP/1.1\r\nHost: other\r\n\r\n", 10),
        ("GET HTTP://Site:81/a HTTP/1.1\r\nHost: other\r\n\r\n", 10),
        ("GET http://other/a HTTP/1.1\r\nHost: site\r\n\r\n", 0),
        ("POST /a HTTP/1.1\r\nhOST:site\r\nContent-Length: 0\r\n\r\n", 10),
        ("HEAD /a HTTP/1.1\nHost:   site  \n\n", 10),
        ("PROPFIND /a HTTP/1.1\r\nX: y\r\nHost: site\r\n\r\n", 10),
        ("GET /old HTTP/1.0\r\n\r\n", 12),
        ("GET /a HTTP/1.0\r\n\r\n", 0),
        ("GET /a HTTP/1.1\r\nX-Host: site\r\n\r\n", 0),
        ("OPTIONS * HTTP/1.1\r\nHost: site\r\n\r\n", 0),
        ("GET /a?x=http://site/a HTTP/1.1\r\nHost: other\r\n\r\n", 0),
        ("get /a HTTP/1.1\r\nHost: site\r\n\r\n", 0),
    ];
    for (request, mark) in cases {
        assert_eq!(answer(&scene, V4, &[request.as_bytes()]), mark, "{request:?}");
    }
}

#[test]
fn each_request_of_a_connection() {
    let policies = policy("http://site:*/a", 10) + &policy("http://site:*/b", 12);
    let scene = Scene::with(&policies);
    let mut one = Conversation::begin(&scene, V6);
    for (path, mark) in [("/a", 10), ("/b", 12), ("/c", 0), ("/a/1", 10), ("/a/2", 10)] {
        assert_eq!(one.ask(&[&get(path, "site")]), mark, "{path}");
    }
    let posted = b"POST /b HTTP/1.1\r\nHost: site\r\nContent-Length: 40\r\n\r\n";
    // A body that looks like a request is none.
    let body = b"GET /a HTTP/1.1\r\nHost: site\r\n\r\n 89012345";
    assert_eq!(body.len(), 40);
    assert_eq!(one.ask(&[posted, body]), 12);
    let chunked = b"PUT /a HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks =
        b"5\r\nGET /\r\n1f;x=y\r\nGET /b HTTP/1.1\r\nHost: site\r\n\r\n\r\n0\r\nA: b\r\n\r\n";
    assert_eq!(one.ask(&[chunked, chunks]), 10);
    // Of those that come at once the last one counts.
    let [first, second] = [get("/c", "site"), get("/b", "site")];
    assert_eq!(one.ask(&[&[first, second].concat()]), 12);
    assert_eq!(one.ask(&[&get("/c", "site")]), 0);
}

/// Those that are the one before, byte for byte, are not read again; others of the same length are.
#[test]
fn requests_that_come_again() {
    let policies = policy("http://site:*/a", 10) + &policy("http://site:*/b", 12);
    let scene = Scene::with(&policies);
    let mut one = Conversation::begin(&scene, V4);
    for more in (0..10).chain([190, 200, 210, 220, 300]) {
        let fields = "x".repeat(more);
        let begins_with = |path: &str| {
            format!("GET {path} HTTP/1.1\r\nHost: site\r\nX: {fields}\r\n\r\n").into_bytes()
        };
        let ends_with = |host: &str| {
            format!("GET /a HTTP/1.1\r\nX: {fields}\r\nHost: {host}\r\n\r\n").into_bytes()
        };
        let [a, b, c] = ["/a", "/b", "/c"].map(begins_with);
        let [here, there] = ["site", "sit1"].map(ends_with);
        for (request, mark) in [(&a, 10), (&b, 12), (&c, 0), (&here, 10), (&there, 0), (&a, 10)] {
            for _again in 0..3 {
                assert_eq!(one.ask(&[request]), mark, "{}", String::from_utf8_lossy(request));
            }
        }
        // Its end alone is no request.
        let (begin, end) = a.split_at(a.len() / 2);
        assert_eq!(one.ask(&[begin, end]), 10);
        assert_eq!(one.ask(&[&b]), 12);
        assert_eq!(one.ask(&[begin, end]), 10);
    }
    let posted = |body: &str| {
        format!("POST /b HTTP/1.1\r\nHost: site\r\nContent-Length: 9\r\n\r\n{body}").into_bytes()
    };
    let in_vain = posted("GET / HTT");
    for request in [&in_vain, &in_vain, &in_vain, &posted("P/1.1\r\n\r\n")] {
        assert_eq!(one.ask(&[request]), 12);
    }
}

#[test]
fn the_more_specific_url_wins() {
    let policies = policy("http://*:*/", 8)
        + &policy("http://training.corp:*/", 10)
        + &policy("http://training.corp:*/video", 12)
        + &policy("http://*:*/video/new", 14)
        + "[[policy]]\nname = \"to one\"\nurl = \"http://training.corp:*/video\"\ndscp = 18\n"
        + "destination = \"192.0.2.1\"\n";
    let scene = Scene::with(&policies);
    for (path, host, mark) in [
        ("/", "x", 8),
        ("/video/new/1", "x", 14),
        ("/", "training.corp", 10),
        ("/video", "training.corp", 12),
        ("/video/new", "training.corp", 12),
    ] {
        assert_eq!(answer(&scene, V4, &[&get(path, host)]), mark, "{path} of {host}");
    }
}

#[test]
fn another_set_is_asked_at_once() {
    let scene = Scene::with(&policy("http://site:*/a", 10));
    scene.loader.replace(&policy("http://site:*/b", 12));
    assert_eq!(answer(&scene, V4, &[&get("/a", "site")]), 0);
    assert_eq!(answer(&scene, V4, &[&get("/b", "site")]), 12);
}
