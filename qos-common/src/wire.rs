//! Reads what policies can see out of a frame: [`link`] finds the IP header, [`ipv4`] and [`ipv6`]
//! read it, [`ports`] reads the transport header behind it. [`plain`] reads at once what nearly all
//! packets are.

pub mod ipv4;
pub mod ipv6;
pub mod link;
pub mod plain;
pub mod ports;

use crate::{
    flow::{Flow, Version},
    narrow::byte,
};

/// The one way to read a packet: a slice here, a socket buffer in the eBPF program.
pub trait Words {
    /// The `N` words at `offset` (bytes from the frame's start), each with the first bit on the wire
    /// as its highest, as RFCs draw them; or `None` beyond the end.
    fn read<const N: usize>(&self, offset: u32) -> Option<[u32; N]>;

    /// The number of bytes that the packet has.
    fn length(&self) -> u32;

    /// `value` itself. The eBPF program hides it from the verifier, which walks a loop's rest anew
    /// for all that it knows to differ.
    #[inline(always)]
    fn opaque(&self, value: u64) -> u64 {
        value
    }

    /// Calls `step` up to `most` times, until it is done. The eBPF program may leave that to the kernel.
    #[inline(always)]
    fn repeat(&self, most: u32, mut step: impl FnMut() -> bool) {
        for _step in 0..most {
            if step() {
                break;
            }
        }
    }
}

impl Words for [u8] {
    fn read<const N: usize>(&self, offset: u32) -> Option<[u32; N]> {
        let start = usize::try_from(offset).ok()?;
        let (words, _rest) = self.get(start..)?.as_chunks();
        words.first_chunk().map(|words| words.map(u32::from_be_bytes))
    }

    fn length(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }
}

/// An IP packet in a frame: what rules can see, and what the rewrite needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// Where the IP header starts, in bytes from the frame's start.
    pub offset: u32,
    /// The header's first words, the last of which has IPv4's checksum.
    pub header: [u32; HEADER],
    /// What rules can see.
    pub flow: Flow,
}

/// The words of [`Packet::header`].
pub const HEADER: usize = 3;

impl Packet {
    /// The TOS byte or Traffic Class.
    #[inline(always)]
    pub const fn traffic_class(&self) -> u8 {
        let [first, ..] = self.header;
        byte(if self.flow.is_ipv6() { first >> 20 } else { first >> 16 })
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
pub fn read<W: Words + ?Sized>(frame: &W, link_length: u32) -> Result<Packet, Unreadable> {
    let (version, offset) = link::read(frame, link_length)?;
    match version {
        Version::V4 => ipv4::read(frame, offset),
        Version::V6 => ipv6::read(frame, offset),
    }
}

/// Where the packet ends: at `end`, which follows from its length field; or with the frame, if the
/// field is 0 because it cannot say more than 65,535 (RFC 2675, and BIG TCP for both versions).
#[inline(always)]
fn end<W: Words + ?Sized>(frame: &W, field: u16, end: u32) -> u32 {
    let length = frame.length();
    if field == 0 && length > u32::from(u16::MAX) { length } else { end }
}
