//! Hosts, ports, paths and targets.

use qos_tests::generate::random::Random;

const LABELS: [&str; 12] = [
    "example",
    "EXAMPLE",
    "com",
    "org",
    "a",
    "B",
    "www",
    "x-y",
    "_srv",
    "1",
    "255",
    "xn--bcher-kva",
];

/// Some are none.
const HOSTS: [&str; 16] = [
    "localhost",
    "192.0.2.1",
    "[::1]",
    "[2001:DB8::A:192.0.2.1]",
    "",
    ".",
    "a..b",
    ".a",
    "a b",
    "[::1",
    "[::g]",
    "a_b",
    "b\u{fc}cher.example",
    "a,b",
    "a%41",
    "1.2.3.4.5.6.7.8.9.10.11",
];

const PORTS: [&str; 12] =
    ["", ":", ":80", ":443", ":8080", ":0080", ":65535", ":65536", ":0", ":-1", ":http", ":80:80"];

const ELEMENTS: [&str; 14] = [
    "a",
    "b",
    "index.html",
    "",
    "..",
    ".",
    "%2F",
    "caf\u{e9}",
    "A",
    "x=y;z",
    "~me",
    "a:b@c",
    "*",
    "very-long-name-of-an-element",
];

/// `name:port`, mostly one that is right.
pub(super) fn host(random: &mut Random) -> String {
    let mut host = if random.percent(75) { name(random) } else { pick(random, &HOSTS).to_owned() };
    if random.percent(30) {
        host.push_str(pick(random, &PORTS));
    }
    host
}

/// A host's name.
pub(super) fn name(random: &mut Random) -> String {
    let count = up_to(random, 1, 12);
    let labels: Vec<_> = (0..count).map(|_| pick(random, &LABELS)).collect();
    labels.join(".") + if random.percent(5) { "." } else { "" }
}

/// One of `texts`.
pub(super) fn pick<'a>(random: &mut Random, texts: &[&'a str]) -> &'a str {
    let text: &&str = random.pick(texts);
    text
}

/// Mostly few, at most `most`.
fn up_to(random: &mut Random, least: usize, most: usize) -> usize {
    let most = if random.percent(10) { most } else { 4 };
    random.within(least..=most)
}

/// A path, and what follows it.
pub(super) fn path(random: &mut Random) -> String {
    let count = up_to(random, 0, 16);
    let elements: Vec<_> = (0..count).flat_map(|_| ["/", pick(random, &ELEMENTS)]).collect();
    let mut path = elements.concat();
    if path.is_empty() || random.percent(20) {
        path.push('/');
    }
    if random.percent(25) {
        path.push_str(pick(random, &["?a=/b/c", "?", "#x/y", "?a#b", "?http://h/"]));
    }
    path
}

/// The target of a request by `method`.
pub(super) fn target(random: &mut Random, method: &str) -> String {
    if method == "CONNECT" {
        return host(random).replace(' ', "");
    }
    match random.within(0..=19) {
        0 => "*".to_owned(),
        1..=4 => {
            let scheme = pick(random, &["http", "HTTP", "https", "Ftp", "a+b-c.1"]);
            let user = pick(random, &["", "", "", "me@", "me:secret@", "a@b@"]);
            let path = if random.percent(80) { path(random) } else { String::new() };
            format!("{scheme}://{user}{}{path}", host(random).replace(' ', ""))
        }
        _ => path(random),
    }
}
