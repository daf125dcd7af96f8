//! Where a TCP segment has its data, and of which connection it is.

use aya_ebpf::bindings::__sk_buff;
use qos_common::request::peer::Peer;

use super::Way;
use crate::socket_packet::{IPV6_LENGTH, is_ipv4, load};

/// `IPPROTO_TCP`
const TCP: u8 = 6;

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

/// Words of the longest IP header that is read, and of what is read of TCP's: two loads of many bytes are
/// sooner done than many of few.
const IP_WORDS: usize = 10;
/// See [`IP_WORDS`].
const TCP_WORDS: usize = 4;

impl Segment {
    /// None if it is no TCP segment, or one without data.
    #[inline(always)]
    pub(super) fn of(skb: *mut __sk_buff, way: Way) -> Option<Self> {
        let is_ipv4 = is_ipv4(skb)?;
        let ip = load::<[u32; IP_WORDS]>(skb, 0)?;
        let (protocol, header) = if is_ipv4 {
            (ip[2].to_ne_bytes()[1], u32::from(ip[0].to_ne_bytes()[0] & 0x0f) << 2)
        } else {
            (ip[1].to_ne_bytes()[2], IPV6_LENGTH)
        };
        if protocol != TCP {
            return None;
        }
        let [ports, sequence, _, rest] = load::<[u32; TCP_WORDS]>(skb, header)?.map(u32::from_be);
        let at = header.wrapping_add(rest >> 28 << 2);
        // SAFETY: the context is valid while the program runs.
        let length = unsafe { (*skb).len }.checked_sub(at)?;
        if length == 0 {
            return None;
        }
        let [a, b, c, d] = ports.to_be_bytes();
        let [source, destination] = [[a, b], [c, d]].map(u16::from_be_bytes);
        let is_source = way == Way::Received;
        let peer = if is_source {
            Peer { remote: source, local: destination }
        } else {
            Peer { remote: destination, local: source }
        };
        let [_, _, a, b, c, d, e, f, g, h] = ip;
        let peer = match (is_ipv4, is_source) {
            (true, true) => peer.at_v4(b),
            (true, false) => peer.at_v4(c),
            (false, true) => peer.at_v6([a, b, c, d]),
            (false, false) => peer.at_v6([e, f, g, h]),
        };
        // SYN takes a number itself.
        let sequence = sequence.wrapping_add(rest >> SYN & 1);
        Some(Self { at, length, sequence, peer })
    }
}
