//! Names of hosts.

use qos_loader::policy::{HostName, HostPattern};

use crate::generate::random::Random;

/// Names that are above or beside each other, by label or only by letter.
const NAMES: [&str; 10] = [
    "com",
    "example.com",
    "a.example.com",
    "b.a.example.com",
    "aexample.com",
    "example.com.org",
    "example",
    "files.example.org",
    "a.b.c.d.e.f.g.h.example.com",
    "_sip.2.example.org",
];

/// A host's name.
pub fn name(random: &mut Random) -> HostName {
    let text = *random.pick(&NAMES);
    HostName::new(text).unwrap_or_else(|| panic!("{text} is a name"))
}

/// A host, or all below a name.
pub fn pattern(random: &mut Random) -> HostPattern {
    let name = name(random);
    // A name of 11 labels is none.
    if name.labels().len() == 10 || random.percent(50) {
        HostPattern::Exact(name)
    } else {
        HostPattern::Below(name)
    }
}
