//! The ports of a transport header: its first four bytes in every protocol that has ports.

use super::{Unreadable, Words};
use crate::flow::{Fragment, Ports};

/// TCP's protocol number (RFC 9293).
pub const TCP: u8 = 6;
/// UDP's protocol number (RFC 768).
pub const UDP: u8 = 17;
const DCCP: u8 = 33;
const SCTP: u8 = 132;
const UDP_LITE: u8 = 136;

/// Whether packets of this protocol carry ports: TCP, UDP, UDP-Lite, SCTP and DCCP.
#[inline(always)]
pub const fn has_ports(protocol: u8) -> bool {
    matches!(protocol, TCP | UDP | DCCP | SCTP | UDP_LITE)
}

/// The ports at `transport`, which must stand before `end` (both bytes from the frame's start).
/// Later fragments and protocols without ports have none.
#[inline(always)]
pub(super) fn read<W: Words + ?Sized>(
    frame: &W,
    transport: u32,
    end: u32,
    protocol: u8,
    fragment: Fragment,
) -> Result<Ports, Unreadable> {
    if !has_ports(protocol) || fragment.is_later() {
        return Ok(Ports::NONE);
    }
    if transport.wrapping_add(4) > end {
        return Err(Unreadable::Malformed);
    }
    let [both] = frame.read(transport).ok_or(Unreadable::Malformed)?;
    Ok(Ports::both(both))
}
