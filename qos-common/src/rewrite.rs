//! The new header bytes: DSCP replaced, ECN kept, IPv4's header checksum corrected by the
//! difference (RFC 1624, equation 3), whatever the options are.

use crate::{dscp::Dscp, wire::HEADER};

/// IPv4's bytes from TOS to checksum, to be stored at [`V4_OFFSET`] in one write, so that no
/// failure can leave a new TOS with an old checksum.
pub const V4_LENGTH: usize = 11;
/// Where [`ipv4`] goes, bytes from the header's start.
pub const V4_OFFSET: u32 = 1;

/// `header`'s bytes from TOS to checksum with `dscp` in them.
#[inline(always)]
pub const fn ipv4(header: &[u8; HEADER], dscp: Dscp) -> [u8; V4_LENGTH] {
    let [first, old, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, ..] = *header;
    let new = dscp.put_into(old);
    let checksum = update_checksum(
        u16::from_be_bytes([c0, c1]),
        u16::from_be_bytes([first, old]),
        u16::from_be_bytes([first, new]),
    );
    let [n0, n1] = checksum.to_be_bytes();
    [new, b2, b3, b4, b5, b6, b7, b8, b9, n0, n1]
}

/// `header`'s first two bytes with `dscp` in them.
#[inline(always)]
pub const fn ipv6(header: &[u8; HEADER], dscp: Dscp) -> [u8; 2] {
    let [first, second, ..] = *header;
    let new = dscp.put_into((first << 4) | (second >> 4));
    [(first & 0xf0) | (new >> 4), (new << 4) | (second & 0x0f)]
}

/// The Internet checksum after the word `old` became `new`: HC' = ~(~HC + ~m + m').
#[inline(always)]
const fn update_checksum(checksum: u16, old: u16, new: u16) -> u16 {
    let sum = (!checksum as u32).wrapping_add(!old as u32).wrapping_add(new as u32);
    let folded = (sum & 0xffff).wrapping_add(sum >> 16);
    let folded = (folded & 0xffff).wrapping_add(folded >> 16);
    let [_, _, high, low] = folded.to_be_bytes();
    !u16::from_be_bytes([high, low])
}
