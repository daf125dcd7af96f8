//! Transport protocols.

use core::fmt;

/// A transport protocol, or two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProtocolMatch {
    /// `tcp+udp`.
    TcpUdp,
    /// The protocol of a number of the IANA registry.
    Number(u8),
}

/// The names that a policy file has for protocol numbers.
pub const PROTOCOL_NAMES: &[(&str, u8)] =
    &[("tcp", 6), ("udp", 17), ("icmp", 1), ("icmpv6", 58), ("sctp", 132)];

impl ProtocolMatch {
    /// The numbers that it stands for.
    pub const fn numbers(&self) -> &[u8] {
        match self {
            Self::TcpUdp => &[6, 17],
            Self::Number(number) => core::slice::from_ref(number),
        }
    }
}

impl fmt::Display for ProtocolMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TcpUdp => f.write_str("tcp+udp"),
            Self::Number(number) => match PROTOCOL_NAMES.iter().find(|(_, n)| n == number) {
                Some((name, _)) => f.write_str(name),
                None => write!(f, "{number}"),
            },
        }
    }
}
