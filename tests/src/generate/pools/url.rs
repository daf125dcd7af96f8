//! URLs.

use std::net::{Ipv4Addr, Ipv6Addr};

use qos_loader::policy::{
    HostName, UrlPattern,
    condition::{Scheme, UrlHost},
};

use crate::generate::random::Random;

const V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const NAMES: [&str; 4] = ["training", "hr.example", "www.hr.example", "1.2.3.4.5.6.7.8.hr.example"];
const PORTS: [Option<u16>; 5] = [None, Some(80), Some(443), Some(8080), Some(1)];
/// Paths that are above or beside each other, by element or only by letter.
const PATHS: [&[&str]; 8] = [
    &[],
    &["ebooks"],
    &["ebooks", "tech"],
    &["ebooks", "tech", "rust.html"],
    &["ebooks", "technology"],
    &["ebooks2"],
    &["Ebooks", "%20tech"],
    &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
];

/// A URL, with subdirectories or without.
pub fn url(random: &mut Random) -> UrlPattern {
    let scheme = scheme(random);
    // What a URL without a port implies is the most frequent.
    let implied = random.percent(50).then(|| Some(scheme.port()));
    UrlPattern {
        scheme,
        host: if random.percent(35) { UrlHost::Any } else { host(random) },
        port: implied.unwrap_or_else(|| *random.pick(&PORTS)),
        path: path(random),
        subdirectories: random.percent(60),
    }
}

/// One of the two.
pub fn scheme(random: &mut Random) -> Scheme {
    *random.pick(&[Scheme::Http, Scheme::Https])
}

/// The host of one request.
pub fn host(random: &mut Random) -> UrlHost {
    match random.within(0..=4) {
        0 => UrlHost::V4(V4),
        1 => UrlHost::V6(V6),
        _ => {
            let text = *random.pick(&NAMES);
            UrlHost::Name(HostName::new(text).unwrap_or_else(|| panic!("{text} is a name")))
        }
    }
}

/// The port of one request.
pub fn port(random: &mut Random) -> u16 {
    random.pick(&PORTS).unwrap_or(8443)
}

/// The elements of a path.
pub fn path(random: &mut Random) -> Vec<String> {
    random.pick(&PATHS).iter().map(|&element| element.to_owned()).collect()
}
