//! Whose connection it is: a listener's storage is that of all connections that it has yet to accept.

use crate::executable::mix;

/// The ports of a connection, in host byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The peer's.
    pub remote: u16,
    /// This machine's.
    pub local: u16,
}

impl Peer {
    /// A number for the connection with the peer at this IPv4 address, as the bytes of a packet stand in
    /// memory. Never 0.
    #[inline(always)]
    pub fn at_v4(self, address: u32) -> u64 {
        mix(self.ports(), address.into()) | 1
    }

    /// The same for an IPv6 address.
    #[inline(always)]
    pub fn at_v6(self, address: [u32; 4]) -> u64 {
        let [a, b, c, d] = address.map(u64::from);
        mix(mix(self.ports(), a << 32 | b), c << 32 | d) | 1
    }

    #[inline(always)]
    fn ports(self) -> u64 {
        u64::from(self.remote) << 16 | u64::from(self.local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_told_apart() {
        let peer = Peer { remote: 1, local: 2 };
        let other = Peer { remote: 2, local: 1 };
        assert_ne!(peer.at_v4(7), other.at_v4(7));
        assert_ne!(peer.at_v4(7), peer.at_v4(8));
        assert_ne!(peer.at_v6([0, 0, 0, 7]), peer.at_v6([0, 0, 7, 0]));
        assert_ne!(peer.at_v6([0, 0, 0, 7]), peer.at_v4(7));
    }
}
