//! Where a TCP segment has its data, and of which connection it is.

use aya_ebpf::programs::TcContext;
use qos_common::{request::peer::Peer, wire::Words as _};

use super::Way;
use crate::{
    frame::{Linear, Whole},
    socket_packet::{IPV6_LENGTH, is_ipv4},
};

/// `IPPROTO_TCP`
const TCP: u32 = 6;

/// Of an IPv4 header without options, in bytes.
const IPV4_LENGTH: u32 = 20;

/// The bit of the flag `SYN` in the word with the flags of a TCP header (RFC 9293).
const SYN: u32 = 17;

/// A segment with data.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    /// Where the data begins in the packet, in bytes.
    pub(super) at: u32,
    /// Bytes of data, not 0.
    pub(super) length: u32,
    /// The sequence number of the first byte.
    pub(super) sequence: u32,
    /// Whose connection it is.
    pub(super) peer: u64,
}

/// The peer's address, as the bytes of a packet stand in memory.
#[derive(Clone, Copy)]
enum Remote {
    V4(u32),
    V6([u32; 4]),
}

impl Segment {
    /// None if it is no TCP segment, or one without data.
    #[inline(always)]
    pub(super) fn of(ctx: &TcContext, way: Way) -> Option<Self> {
        let is_source = way == Way::Received;
        let (remote, protocol, header) = if is_ipv4(ctx.skb.skb)? {
            let [first, _, middle, source, destination] = words(ctx, 0)?;
            let address = if is_source { source } else { destination };
            (Remote::V4(address.to_be()), middle >> 16 & 0xff, first >> 22 & 0x3c)
        } else {
            let [_, middle] = words(ctx, 0)?;
            let address: [u32; 4] = words(ctx, if is_source { 8 } else { 24 })?;
            (Remote::V6(address.map(u32::to_be)), middle >> 8 & 0xff, IPV6_LENGTH)
        };
        if protocol != TCP {
            return None;
        }
        let [ports, sequence, _, rest] = tcp(ctx, header)?;
        let at = header.wrapping_add(rest >> 28 << 2);
        let length = ctx.len().checked_sub(at)?;
        if length == 0 {
            return None;
        }
        let [a, b, c, d] = ports.to_be_bytes();
        let [source, destination] = [[a, b], [c, d]].map(u16::from_be_bytes);
        let peer = if is_source {
            Peer { remote: source, local: destination }
        } else {
            Peer { remote: destination, local: source }
        };
        let peer = match remote {
            Remote::V4(address) => peer.at_v4(address),
            Remote::V6(address) => peer.at_v6(address),
        };
        // SYN takes a number itself.
        let sequence = sequence.wrapping_add(rest >> SYN & 1);
        Some(Self { at, length, sequence, peer })
    }
}

/// The first words of a TCP header that begins at `offset`, which is known where IPv4 has no options.
#[inline(always)]
fn tcp(ctx: &TcContext, offset: u32) -> Option<[u32; 4]> {
    match offset {
        IPV4_LENGTH => words(ctx, IPV4_LENGTH),
        IPV6_LENGTH => words(ctx, IPV6_LENGTH),
        _ => Whole(ctx).read(offset),
    }
}

/// Words at an offset that the compiler knows: of the linear part, in which nearly all packets have their headers.
#[inline(always)]
fn words<const N: usize>(ctx: &TcContext, offset: u32) -> Option<[u32; N]> {
    Linear(ctx).read(offset).or_else(|| Whole(ctx).read(offset))
}
