//! What the program tells the loader of a flow that it has classified: words in the machine's byte order,
//! which it writes one by one, for there is no room for all of them on its stack.

use crate::{dscp::Dscp, flow::Version, narrow::low_half, request::MAX_LABELS};

/// How many words there are.
pub const WORDS: usize = HOST + MAX_LABELS;

/// `CLOCK_BOOTTIME` in nanoseconds.
pub const TIME: usize = 0;
/// The word of the [`crate::action::Action`].
pub const ACTION: usize = 1;
/// The socket's number (`SO_COOKIE`); 0 if the packet has no socket.
pub const COOKIE: usize = 2;
/// Two words of the address where the packet comes from.
pub const SOURCE: usize = 3;
/// Two words of the one where it goes.
pub const DESTINATION: usize = 5;
/// The source port above the destination port.
pub const PORTS: usize = 7;
/// The word of the [`Headers`].
pub const HEADERS: usize = 8;
/// The process, as the initial PID namespace numbers it, or 0 if it is not known, above the user that owns the
/// socket, or [`NOBODY`].
pub const OWNER: usize = 9;
/// The two hashes of the [`crate::executable::Executable`]; 0 if it is not known.
pub const EXECUTABLE: usize = 10;
/// How many of the following words there are.
pub const LABELS: usize = 12;
/// [`crate::request::Request::suffixes`] of the host that the connection names, or that its client asks for.
pub const HOST: usize = 13;

/// In place of a user: the packet has no full socket.
pub const NOBODY: u32 = u32::MAX;

/// What a packet's headers say, but for addresses and ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// The index of the interface.
    pub interface: u32,
    /// Of the addresses.
    pub version: Version,
    /// The transport protocol.
    pub protocol: u8,
    /// The DSCP of the packet as it came, if it could be read.
    pub before: Option<Dscp>,
    /// The DSCP that its policy gives it; none if it keeps its own.
    pub given: Option<Dscp>,
}

impl Headers {
    /// In place of a DSCP.
    const NONE: u8 = u8::MAX;

    /// All of it in a word.
    #[inline(always)]
    pub fn word(self) -> u64 {
        let dscp = |dscp: Option<Dscp>| dscp.map_or(Self::NONE, Dscp::value);
        let is_ipv6 = u8::from(self.version == Version::V6);
        let lower = [self.protocol, is_ipv6, dscp(self.before), dscp(self.given)];
        u64::from(self.interface) << 32 | u64::from(u32::from_le_bytes(lower))
    }

    /// From [`Headers::word`].
    pub const fn from_word(word: u64) -> Self {
        let [protocol, is_ipv6, before, given, ..] = word.to_le_bytes();
        Self {
            interface: low_half(word >> 32),
            version: if is_ipv6 == 0 { Version::V4 } else { Version::V6 },
            protocol,
            before: Dscp::new(before),
            given: Dscp::new(given),
        }
    }
}

/// What the loader and the program tell each other of reporting: numbers at these indices.
pub const REPORTING: u32 = 2;
/// The loader's: 1 if all flows are to be reported; 0 if only those of policies that name hosts
/// ([`crate::action::Action::names_host`]).
pub const REPORTS_ALL: u32 = 0;
/// The program's: how many flows were not reported, for the loader had not taken those before.
pub const LOST: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back_from_their_word() {
        for (version, protocol, before, given) in [
            (Version::V4, 6, Dscp::new(0), Dscp::new(63)),
            (Version::V6, 255, None, Dscp::new(8)),
            (Version::V6, 0, Dscp::new(46), None),
        ] {
            let headers = Headers { interface: u32::MAX - 1, version, protocol, before, given };
            assert_eq!(Headers::from_word(headers.word()), headers);
        }
    }
}
