//! The new header words: DSCP replaced, ECN kept, IPv4's header checksum corrected by the
//! difference (RFC 1624, equation 3), whatever the options are.

use crate::{
    dscp::Dscp,
    narrow::{byte, low_quarter},
    wire::HEADER,
};

/// IPv4's `header` from version to checksum with `dscp` in it, as it goes on the wire, in one write:
/// so no failure can leave a new TOS with an old checksum.
#[inline(always)]
pub const fn ipv4(header: &[u32; HEADER], dscp: Dscp) -> [u32; HEADER] {
    let [first, second, third] = *header;
    let new = first & !(0xff << 16) | (dscp.put_into(byte(first >> 16)) as u32) << 16;
    let sum = update_checksum(low_quarter(third), low_quarter(first >> 16), low_quarter(new >> 16));
    [new.to_be(), second.to_be(), (third & !0xffff | sum as u32).to_be()]
}

/// IPv6's first word with `dscp` in it, as it goes on the wire.
#[inline(always)]
pub const fn ipv6(header: &[u32; HEADER], dscp: Dscp) -> [u32; 1] {
    let [first, ..] = *header;
    let new = first & !(0xff << 20) | (dscp.put_into(byte(first >> 20)) as u32) << 20;
    [new.to_be()]
}

/// The Internet checksum after the word `old` became `new`: HC' = ~(~HC + ~m + m').
#[inline(always)]
const fn update_checksum(checksum: u16, old: u16, new: u16) -> u16 {
    let sum = (!checksum as u32).wrapping_add(!old as u32).wrapping_add(new as u32);
    let folded = (sum & 0xffff).wrapping_add(sum >> 16);
    let folded = (folded & 0xffff).wrapping_add(folded >> 16);
    !low_quarter(folded)
}
