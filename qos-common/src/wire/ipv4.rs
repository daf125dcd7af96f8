//! IPv4 (RFC 791), with options and fragments.

use super::{Packet, Unreadable, Words, end, ports};
use crate::{
    flow::{Address, Flow, Fragment, Version},
    narrow::{byte, low_quarter},
};

const MORE_FRAGMENTS: u32 = 0x2000;
const FRAGMENT_OFFSET: u32 = 0x1fff;

#[inline(always)]
pub(super) fn read<W: Words + ?Sized>(frame: &W, offset: u32) -> Result<Packet, Unreadable> {
    let [first, second, third, source, destination] =
        frame.read(offset).ok_or(Unreadable::Malformed)?;
    let header_length = (first >> 24 & 0x0f).wrapping_mul(4);
    if first >> 28 != 4 || header_length < 20 {
        return Err(Unreadable::Malformed);
    }
    let transport = offset.wrapping_add(header_length);
    let total = low_quarter(first);
    let end = end(frame, total, offset.wrapping_add(u32::from(total)));
    if transport > end || end > frame.length() {
        return Err(Unreadable::Malformed);
    }
    let id = second >> 16;
    let fragment = if second & FRAGMENT_OFFSET != 0 {
        Fragment::later(id)
    } else if second & MORE_FRAGMENTS != 0 {
        Fragment::first(id)
    } else {
        Fragment::WHOLE
    };
    let protocol = byte(third >> 16);
    let flow = Flow {
        source: Address::v4(source),
        destination: Address::v4(destination),
        version: Version::V4,
        protocol: protocol.into(),
        ports: ports::read(frame, transport, end, protocol, fragment)?,
        fragment,
    };
    Ok(Packet { offset, header: [first, second, third], flow })
}
