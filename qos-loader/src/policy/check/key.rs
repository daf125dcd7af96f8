//! The keys that a policy file has.

use super::Fault;
use crate::diagnostic::{Diagnostic, Place};

/// The keys of one kind of table.
pub struct Keys {
    /// The keys that are enforced.
    pub known: &'static [&'static str],
    /// The keys that a later version enforces.
    pub later: &'static [&'static str],
}

/// The keys of a policy.
pub const POLICY: Keys = Keys {
    known: &[
        "name",
        "dscp",
        "user",
        "cgroup",
        "source",
        "destination",
        "source-port",
        "destination-port",
        "protocol",
    ],
    later: &[
        "application",
        "group",
        "url",
        "subdirectories",
        "destination-host",
        "keep-marked",
        "throttle",
    ],
};

/// The keys of `[settings]`.
pub const SETTINGS: Keys =
    Keys { known: &["interfaces"], later: &["app-marking", "inbound-throughput-level", "shaper"] };

impl Keys {
    /// What is wrong with a key that is not `known`.
    pub fn fault(&self, key: &str) -> Fault {
        if self.later.contains(&key) {
            let fault = Fault::new(format!("`{key}` is not supported by this version yet"));
            return fault.hinted("leave the key out");
        }
        let fault = Fault::new(format!("there is no key `{key}`"));
        let all = self.known.iter().chain(self.later).copied();
        match nearest(key, all) {
            Some(near) => fault.hinted(format!("did you mean `{near}`?")),
            None => fault.hinted(format!("the keys are {}", self.known.join(", "))),
        }
    }
}

/// The finding of a key that stands outside of all tables.
pub fn unknown_at_top(place: Place, key: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(place, format!("there is no key `{key}` outside of a table"));
    let belongs = |keys: &Keys| keys.known.contains(&key) || keys.later.contains(&key);
    if belongs(&POLICY) {
        diagnostic.hinted("write `[[policy]]` above the keys of each policy")
    } else if belongs(&SETTINGS) {
        diagnostic.hinted("write `[settings]` above it")
    } else if let Some(near) = nearest(key, ["policy", "settings"].into_iter()) {
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
            assert_eq!(POLICY.fault(written).hints, [format!("did you mean `{meant}`?")]);
        }
        assert!(POLICY.fault("colour").hints[0].starts_with("the keys are name, dscp,"));
    }
}
