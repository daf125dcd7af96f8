//! IPv4 (RFC 791), with options and fragments.

use super::{Bytes, HEADER, Packet, Unreadable, end, ports};
use crate::flow::{Address, Flow, Fragment};

const MORE_FRAGMENTS: u16 = 0x2000;
const FRAGMENT_OFFSET: u16 = 0x1fff;

#[inline(always)]
pub(super) fn read<B: Bytes + ?Sized>(frame: &B, offset: u32) -> Result<Packet, Unreadable> {
    let header: [u8; HEADER] = frame.read(offset).ok_or(Unreadable::Malformed)?;
    let [first, _, t0, t1, i0, i1, f0, f1, _, protocol, _, _, a, b, c, d, e, f, g, h] = header;
    let header_length = u32::from(first & 0x0f).wrapping_mul(4);
    if first >> 4 != 4 || header_length < 20 {
        return Err(Unreadable::Malformed);
    }
    let transport = offset.wrapping_add(header_length);
    let total = u16::from_be_bytes([t0, t1]);
    let end = end(frame, total, offset.wrapping_add(u32::from(total)));
    if transport > end || end > frame.length() {
        return Err(Unreadable::Malformed);
    }
    let place = u16::from_be_bytes([f0, f1]);
    let id = u32::from(u16::from_be_bytes([i0, i1]));
    let fragment = if place & FRAGMENT_OFFSET != 0 {
        Fragment::later(id)
    } else if place & MORE_FRAGMENTS != 0 {
        Fragment::first(id)
    } else {
        Fragment::WHOLE
    };
    let flow = Flow {
        source: Address::v4([a, b, c, d]),
        destination: Address::v4([e, f, g, h]),
        ipv6: false,
        protocol,
        ports: ports::read(frame, transport, end, protocol, fragment)?,
        fragment,
    };
    Ok(Packet { offset, header, flow })
}
