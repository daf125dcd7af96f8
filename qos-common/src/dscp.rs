//! The Differentiated Services field: six bits of DSCP (RFC 2474) above two bits of ECN (RFC 3168)
//! in IPv4's TOS byte and IPv6's Traffic Class.

mod registry;

pub use registry::{REGISTRY, Registered, WmmCategory, wmm_rfc8325, wmm_windows};

/// The bits of a TOS byte or Traffic Class that hold ECN (RFC 3168, section 5).
pub const ECN_MASK: u8 = 0b11;

/// A Differentiated Services Code Point, 0 to 63.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Dscp(u8);

impl Dscp {
    /// The largest code point.
    pub const MAX: u8 = 63;

    /// The code point `value`, or `None` above 63.
    pub const fn new(value: u8) -> Option<Self> {
        if value <= Self::MAX { Some(Self(value)) } else { None }
    }

    /// The code point in a TOS byte or Traffic Class; ECN is left out.
    pub const fn of_traffic_class(byte: u8) -> Self {
        Self(byte >> 2)
    }

    /// The code point as a number, 0 to 63.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The TOS byte with this code point and ECN 0, as tcpdump and `ping -Q` count.
    pub const fn tos(self) -> u8 {
        self.0 << 2
    }

    /// This code point in place of the one in `byte`; its ECN bits stay.
    pub const fn put_into(self, byte: u8) -> u8 {
        self.tos() | (byte & ECN_MASK)
    }

    /// The preferred name in the IANA registry, such as `AF41`, if the code point has one.
    pub fn name(self) -> Option<&'static str> {
        self.registered().map(|entry| entry.name)
    }

    /// What the registry knows of this code point.
    pub fn registered(self) -> Option<&'static Registered> {
        REGISTRY.iter().find(|entry| entry.value == self.0)
    }

    /// The code point of a registered name, in any case.
    pub fn by_name(name: &str) -> Option<Self> {
        let named = |entry: &&Registered| {
            name.eq_ignore_ascii_case(entry.name)
                || entry.aliases.iter().any(|alias| name.eq_ignore_ascii_case(alias))
        };
        REGISTRY.iter().find(named).map(|entry| Self(entry.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_point_replaces_every_other_and_keeps_ecn() {
        for byte in 0..=u8::MAX {
            for value in 0..=Dscp::MAX {
                let dscp = Dscp::new(value).unwrap();
                let new = dscp.put_into(byte);
                assert_eq!(Dscp::of_traffic_class(new), dscp);
                assert_eq!(new & ECN_MASK, byte & ECN_MASK);
            }
        }
        assert_eq!(Dscp::new(64), None);
    }

    #[test]
    fn names_are_found_in_any_case_and_aliases_mean_the_same() {
        for (name, value) in
            [("EF", 46), ("ef", 46), ("Af41", 34), ("cs0", 0), ("BE", 0), ("df", 0), ("LE", 1)]
        {
            assert_eq!(Dscp::by_name(name).map(Dscp::value), Some(value), "{name}");
        }
        assert_eq!(Dscp::by_name("VOICE-ADMIT").map(Dscp::value), Some(44));
        assert_eq!(Dscp::by_name("nqb").map(Dscp::value), Some(45));
        assert_eq!(Dscp::by_name("AF44"), None);
        assert_eq!(Dscp::new(46).and_then(Dscp::name), Some("EF"));
        assert_eq!(Dscp::new(47).and_then(Dscp::name), None);
    }
}
