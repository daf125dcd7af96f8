//! What of a packet rules can see.

use core::net::IpAddr;

use crate::{narrow::byte, wire::ports};

/// An IPv4 or IPv6 address, most significant bits first: IPv6's in both words, IPv4's in the upper
/// half of the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u64; 2]);

impl Address {
    /// From its word in the header.
    #[inline(always)]
    pub const fn v4(word: u32) -> Self {
        Self([(word as u64) << 32, 0])
    }

    /// From its words in the header.
    #[inline(always)]
    pub const fn v6([a, b, c, d]: [u32; 4]) -> Self {
        Self([(a as u64) << 32 | b as u64, (c as u64) << 32 | d as u64])
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::v4(address.to_bits()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, lower @ ..] = address.octets();
                let upper = [a, b, c, d, e, f, g, h];
                Self([u64::from_be_bytes(upper), u64::from_be_bytes(lower)])
            }
        }
    }
}

/// Source and destination port; a packet has both, one (a later fragment of a socket without a
/// peer) or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports {
    /// Host byte order, or [`Ports::UNKNOWN`].
    pub source: u32,
    /// Host byte order, or [`Ports::UNKNOWN`].
    pub destination: u32,
}

impl Ports {
    /// In place of a port that the packet does not carry.
    pub const UNKNOWN: u32 = 0x1_0000;
    /// Of a packet without ports.
    pub const NONE: Self = Self { source: Self::UNKNOWN, destination: Self::UNKNOWN };

    /// From the first word of a transport header.
    #[inline(always)]
    pub const fn both(word: u32) -> Self {
        Self { source: word >> 16, destination: word & 0xffff }
    }

    /// Both ports, host byte order.
    #[inline(always)]
    pub fn new(source: u16, destination: u16) -> Self {
        Self { source: u32::from(source), destination: u32::from(destination) }
    }
}

/// The version of the Internet Protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Version {
    /// RFC 791.
    #[default]
    V4,
    /// RFC 8200.
    V6,
}

/// Which part of a datagram this packet is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fragment {
    part: Part,
    /// The datagram's identification; 0 if the packet is all of it.
    id: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
enum Part {
    /// All of it.
    #[default]
    Whole,
    /// What starts with the transport header.
    First,
    /// What has none.
    Later,
}

impl Fragment {
    /// A packet that is a whole datagram.
    pub const WHOLE: Self = Self { part: Part::Whole, id: 0 };

    /// The first part of the datagram with this identification; it carries the ports.
    #[inline(always)]
    pub const fn first(id: u32) -> Self {
        Self { part: Part::First, id }
    }

    /// A part of the datagram with this identification that carries no ports.
    #[inline(always)]
    pub const fn later(id: u32) -> Self {
        Self { part: Part::Later, id }
    }

    /// Whether it is a part without the transport header.
    #[inline(always)]
    pub const fn is_later(self) -> bool {
        matches!(self.part, Part::Later)
    }

    /// A number for the datagram, never 0; 0 for a packet that is all of it.
    #[inline(always)]
    pub const fn datagram(self) -> u64 {
        (!matches!(self.part, Part::Whole) as u64) << 32 | self.id as u64
    }
}

/// The fields of a packet that conditions look at. None is narrower than a word where another one follows:
/// without `CAP_PERFMON` the kernel refuses to pass a function the address of bytes that nobody wrote, as
/// those between fields are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// Where it comes from.
    pub source: Address,
    /// Where it goes.
    pub destination: Address,
    /// Of the addresses.
    pub version: Version,
    /// IPv4's protocol or the next header behind IPv6's extension headers.
    pub protocol: u32,
    /// The transport protocol's ports.
    pub ports: Ports,
    /// Whether it is a fragment.
    pub fragment: Fragment,
}

const _: () = assert!(
    size_of::<Flow>() == 2 * size_of::<Address>() + size_of::<Ports>() + 4 * size_of::<u32>()
);

impl Flow {
    /// Whether the addresses are IPv6's.
    #[inline(always)]
    pub const fn is_ipv6(&self) -> bool {
        matches!(self.version, Version::V6)
    }

    /// Whether packets of its protocol carry ports.
    #[inline(always)]
    pub const fn has_ports(&self) -> bool {
        ports::has_ports(byte(self.protocol))
    }
}
