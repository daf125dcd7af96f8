//! Reads what policies can see out of a frame: [`link`] finds the IP header, [`ipv4`] and [`ipv6`]
//! read it, [`ports`] reads the transport header behind it.

pub mod ipv4;
pub mod ipv6;
pub mod link;
pub mod ports;

use crate::flow::Flow;

/// The one way to read a packet: a slice here, a socket buffer in the eBPF program.
pub trait Bytes {
    /// The `N` bytes at `offset` (bytes from the frame's start), or `None` beyond the end.
    fn read<const N: usize>(&self, offset: u32) -> Option<[u8; N]>;

    /// The number of bytes that the packet has.
    fn length(&self) -> u32;
}

impl Bytes for [u8] {
    fn read<const N: usize>(&self, offset: u32) -> Option<[u8; N]> {
        let start = usize::try_from(offset).ok()?;
        self.get(start..)?.first_chunk().copied()
    }

    fn length(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }
}

/// An IP packet in a frame: what rules can see, and what the rewrite needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Where the IP header starts, in bytes from the frame's start.
    pub offset: u32,
    /// The start of the IP header, as on the wire: all of IPv4's without options.
    pub header: [u8; HEADER],
    /// What rules can see.
    pub flow: Flow,
}

/// The bytes of [`Packet::header`].
pub const HEADER: usize = 20;

impl Packet {
    /// The TOS byte or Traffic Class.
    #[inline(always)]
    pub const fn traffic_class(&self) -> u8 {
        let [first, second, ..] = self.header;
        if self.flow.ipv6 { (first << 4) | (second >> 4) } else { second }
    }
}

/// Why a packet leaves as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Neither IPv4 nor IPv6 by its ethertype.
    NotIp,
    /// An IP header that contradicts itself or the frame: a wrong version or length.
    Malformed,
}

/// Reads the IP packet in `frame`, whose link header takes `link_length` bytes: [`link::ETHERNET`]
/// (loopback too) or [`link::NONE`].
///
/// # Errors
///
/// [`Unreadable`] says why there is nothing to classify.
#[inline(always)]
pub fn read<B: Bytes + ?Sized>(frame: &B, link_length: u32) -> Result<Packet, Unreadable> {
    let (version, offset) = link::read(frame, link_length)?;
    match version {
        link::Version::V4 => ipv4::read(frame, offset),
        link::Version::V6 => ipv6::read(frame, offset),
    }
}

/// Where the packet ends: at `end`, which follows from its length field; or with the frame, if the
/// field is 0 because it cannot say more than 65,535 (RFC 2675, and BIG TCP for both versions).
#[inline(always)]
fn end<B: Bytes + ?Sized>(frame: &B, field: u16, end: u32) -> u32 {
    let length = frame.length();
    if field == 0 && length > u32::from(u16::MAX) { length } else { end }
}
