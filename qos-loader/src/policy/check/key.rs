//! The keys that a policy file has.

use super::Fault;
use crate::diagnostic::{Diagnostic, Place};

/// The keys of a policy.
pub const POLICY: [&str; 16] = [
    "name",
    "dscp",
    "throttle",
    "keep-marked",
    "user",
    "group",
    "application",
    "cgroup",
    "source",
    "destination",
    "destination-host",
    "source-port",
    "destination-port",
    "protocol",
    "url",
    "subdirectories",
];

/// The keys of `[settings]`.
pub const SETTINGS: [&str; 4] = ["interfaces", "app-marking", "inbound-throughput-level", "shaper"];

/// What is wrong with a key that is none of `known`.
pub fn unknown(key: &str, known: &[&'static str]) -> Fault {
    let fault = Fault::new(format!("there is no key `{key}`"));
    match nearest(key, known.iter().copied()) {
        Some(near) => fault.hinted(format!("did you mean `{near}`?")),
        None => fault.hinted(format!("the keys are {}", known.join(", "))),
    }
}

/// The finding of a key that stands outside of all tables.
pub fn unknown_at_top(place: Place, key: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(place, format!("there is no key `{key}` outside of a table"));
    if POLICY.contains(&key) {
        diagnostic.hinted("write `[[policy]]` above the keys of each policy")
    } else if SETTINGS.contains(&key) {
        diagnostic.hinted("write `[settings]` above it")
    } else if let Some(near) = nearest(key, ["policy", "settings", "version"].into_iter()) {
        diagnostic.hinted(format!("did you mean `{near}`?"))
    } else {
        diagnostic.hinted("a policy file has `[settings]` and any number of `[[policy]]`")
    }
}

/// The candidate that `word` was probably meant to be.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let word = plain(word);
    candidates
        .map(|candidate| (strsim::jaro_winkler(&word, &plain(candidate)), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested() {
        for (written, meant) in [
            ("destination_port", "destination-port"),
            ("Destination-Port", "destination-port"),
            ("dest-port", "destination-port"),
            ("protcol", "protocol"),
            ("DSCP", "dscp"),
            ("src", "source"),
            ("trottle", "throttle"),
        ] {
            assert_eq!(unknown(written, &POLICY).hints, [format!("did you mean `{meant}`?")]);
        }
        assert!(unknown("colour", &POLICY).hints[0].starts_with("the keys are name, dscp,"));
    }
}
