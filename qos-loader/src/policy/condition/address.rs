//! Addresses.

use core::fmt;

use ipnet::IpNet;

/// An address prefix, or any address (which counts as no condition).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressMatch {
    /// Every address of both families.
    Any,
    /// The addresses of a prefix; its host bits are 0.
    Prefix(IpNet),
}

impl fmt::Display for AddressMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Prefix(net) if net.prefix_len() == net.max_prefix_len() => {
                write!(f, "{}", net.addr())
            }
            Self::Prefix(net) => write!(f, "{net}"),
        }
    }
}
