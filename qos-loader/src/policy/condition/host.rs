//! Host names.

use core::fmt;

/// The most bytes of a name (RFC 1035, section 2.3.4, without the root's dot).
const MAX_BYTES: usize = 253;
/// The most bytes of a label.
const MAX_LABEL: usize = 63;

/// A host's name in lower case, at least one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Vec<String>);

impl HostName {
    /// From labels of letters, digits, `-` and `_` with dots between them, in any case, with or
    /// without the dot of the root; `None` for any other text, and for an IPv4 address.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let may_be = |one: u8| one.is_ascii_alphanumeric() || one == b'-' || one == b'_';
        let proper = |label: &str| {
            (1..=MAX_LABEL).contains(&label.len())
                && label.bytes().all(may_be)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // A last label of digits is what makes an address (WHATWG URL, "ends in a number").
        let last = text.rsplit('.').next().unwrap_or_default();
        let is_address = last.bytes().all(|one| one.is_ascii_digit());
        let name = || Self(text.to_ascii_lowercase().split('.').map(str::to_owned).collect());
        (text.len() <= MAX_BYTES && !is_address && text.split('.').all(proper)).then(name)
    }

    /// The labels, the host's own first.
    pub fn labels(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// A host, or all hosts below a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPattern {
    /// The host of this name.
    Exact(HostName),
    /// `*.example.com`: the hosts whose names end in this one and are longer.
    Below(HostName),
}

impl HostPattern {
    /// A name, or `*.` and a name.
    pub fn new(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(above) => HostName::new(above).map(Self::Below),
            None => HostName::new(text).map(Self::Exact),
        }
    }

    /// The number of labels that are given: the more, the narrower.
    pub fn depth(&self) -> usize {
        match self {
            Self::Exact(name) | Self::Below(name) => name.labels().len(),
        }
    }

    /// The hosts of both: those of the narrower one, or none.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Option<Self> {
        let narrower = |wide: &Self, narrow: &Self| wide.covers(narrow).then(|| narrow.clone());
        narrower(self, other).or_else(|| narrower(other, self))
    }

    /// Whether every host of `other` is one of this.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(own), Self::Exact(one)) => own == one,
            (Self::Exact(_), Self::Below(_)) => false,
            (Self::Below(own), Self::Exact(one)) => {
                own != one && one.labels().ends_with(own.labels())
            }
            (Self::Below(own), Self::Below(one)) => one.labels().ends_with(own.labels()),
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => write!(f, "{name}"),
            Self::Below(name) => write!(f, "*.{name}"),
        }
    }
}
