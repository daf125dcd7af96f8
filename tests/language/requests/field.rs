//! The fields of a head.

use qos_tests::generate::random::Random;

use super::text;

const FIELDS: [(&str, &str); 14] = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive, Upgrade"),
    ("Cookie", "a=b; c=\"d\""),
    ("X-Host", "other.example"),
    ("Referer", "http://other.example/x"),
    ("Upgrade-Insecure-Requests", "1"),
    ("X-Content-Length", "5"),
    ("TE", "chunked"),
    ("X-Empty", ""),
    ("Content-Length-X", "a"),
    ("!#$%&'*+-.^_`|~", "caf\u{e9}"),
    ("Ho", "st: a"),
];

/// Of a head that has a body of these fields, in lines that end so.
pub(super) fn fields(random: &mut Random, body: &[(&str, String)], end: &str) -> String {
    let mut lines = Vec::new();
    for _ in 0..random.within(0..=5) {
        let (name, value) = random.pick(&FIELDS);
        lines.push(line(random, name, value, end));
    }
    for (name, value) in body {
        lines.push(line(random, name, value, end));
    }
    if random.percent(85) {
        let host = text::host(random);
        lines.push(line(random, "Host", &host, end));
        if random.percent(5) {
            let other = if random.percent(50) { host } else { text::host(random) };
            lines.push(line(random, "Host", &other, end));
        }
    }
    if random.percent(2) {
        lines.push(line(random, "Upgrade", "websocket", end));
    }
    // Any of them may be the first.
    for last in (1..lines.len()).rev() {
        lines.swap(last, random.within(0..=last));
    }
    lines.concat()
}

fn line(random: &mut Random, name: &str, value: &str, end: &str) -> String {
    let name = match random.within(0..=9) {
        0 => name.to_ascii_lowercase(),
        1 => name.to_ascii_uppercase(),
        _ => name.to_owned(),
    };
    let before =
        if random.percent(80) { " " } else { text::pick(random, &["", "\t", "  ", " \t "]) };
    let behind = if random.percent(90) { "" } else { text::pick(random, &[" ", "\t", " \t "]) };
    format!("{name}:{before}{value}{behind}{end}")
}
