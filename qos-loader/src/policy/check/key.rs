//! The keys that a policy file has.

use super::Fault;
use crate::diagnostic::{Diagnostic, Place, shortened};

/// The keys outside of all tables.
pub const TOP_LEVEL: [&str; 3] = ["version", "settings", "policy"];

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

/// What other programs call what these keys say.
const ELSEWHERE: [(&str, &str); 16] = [
    ("app", "application"),
    ("exe", "application"),
    ("program", "application"),
    ("uid", "user"),
    ("gid", "group"),
    ("dest", "destination"),
    ("dst", "destination"),
    ("ip", "destination"),
    ("host", "destination-host"),
    ("port", "destination-port"),
    ("dport", "destination-port"),
    ("sport", "source-port"),
    ("tos", "dscp"),
    ("mark", "dscp"),
    ("limit", "throttle"),
    ("rate", "throttle"),
];

/// What is wrong with a key that is none of `known`.
pub fn unknown(key: &str, known: &[&'static str]) -> Fault {
    let shown = shortened(key);
    let elsewhere = if known == POLICY && SETTINGS.contains(&key) {
        "it is a setting: write it below `[settings]`"
    } else if known == SETTINGS && POLICY.contains(&key) {
        "it is a policy's: write it below `[[policy]]`"
    } else if key == "version" {
        "write it above all tables"
    } else {
        let fault = Fault::new(format!("there is no key `{shown}`"));
        return match nearest_key(key, known) {
            Some(near) => fault.hinted(format!("did you mean `{near}`?")),
            None => fault.hinted(format!("the keys are {}", known.join(", "))),
        };
    };
    Fault::new(format!("there is no key `{shown}` here")).hinted(elsewhere)
}

/// The finding of a key that stands outside of all tables, or of a table that there is not.
pub fn unknown_at_top(place: Place, key: &str, is_table: bool) -> Diagnostic {
    let shown = shortened(key);
    let message = if is_table {
        format!("there is no table `{shown}`")
    } else {
        format!("there is no key `{shown}` outside of a table")
    };
    let diagnostic = Diagnostic::error(place, message);
    if POLICY.contains(&key) {
        diagnostic.hinted("write `[[policy]]` above the keys of each policy")
    } else if SETTINGS.contains(&key) {
        diagnostic.hinted("write `[settings]` above it")
    } else if let Some(near) = nearest(key, TOP_LEVEL.into_iter()) {
        let near = match near {
            "policy" => "[[policy]]",
            "settings" => "[settings]",
            other => other,
        };
        diagnostic.hinted(format!("did you mean `{near}`?"))
    } else {
        diagnostic.hinted("a policy file has `[settings]` and any number of `[[policy]]`")
    }
}

fn nearest_key(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let elsewhere = ELSEWHERE.iter().find(|(name, _)| key.eq_ignore_ascii_case(name));
    let meant = elsewhere.map(|(_, meant)| *meant).filter(|meant| known.contains(meant));
    meant.or_else(|| nearest(key, known.iter().copied()))
}

/// The candidate that `word` was probably meant to be.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let word = plain(word);
    let is_slip = |other: &str| word.len() > 2 && strsim::osa_distance(&word, other) == 1;
    candidates
        .map(|candidate| (plain(candidate), candidate))
        .map(|(plain, one)| (strsim::jaro_winkler(&word, &plain), is_slip(&plain), one))
        .filter(|(similarity, is_slip, _)| *similarity > 0.8 || *is_slip)
        .max_by(|(one, ..), (other, ..)| one.total_cmp(other))
        .map(|(.., candidate)| candidate)
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
            ("tos", "dscp"),
            ("dport", "destination-port"),
        ] {
            assert_eq!(unknown(written, &POLICY).hints, [format!("did you mean `{meant}`?")]);
        }
        assert!(unknown("colour", &POLICY).hints[0].starts_with("the keys are name, dscp,"));
    }
}
