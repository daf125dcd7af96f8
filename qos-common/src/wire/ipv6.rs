//! IPv6 (RFC 8200), with its extension headers.

use super::{Packet, Unreadable, Words, end, ports};
use crate::{
    flow::{Address, Flow, Fragment, Version},
    narrow::{byte, low_half, low_quarter},
};

/// The header's length in bytes.
const LENGTH: u32 = 40;
/// Longer chains are classified by the number of the first header that was not read, without ports.
const MAX_EXTENSIONS: u32 = 8;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY: u8 = 135;

#[inline(always)]
pub(super) fn read<W: Words + ?Sized>(frame: &W, offset: u32) -> Result<Packet, Unreadable> {
    let [first, second, s0, s1, s2, s3, d0, d1, d2, d3] =
        frame.read(offset).ok_or(Unreadable::Malformed)?;
    if first >> 28 != 6 {
        return Err(Unreadable::Malformed);
    }
    let mut transport = offset.wrapping_add(LENGTH);
    let payload = low_quarter(second >> 16);
    let end = end(frame, payload, transport.wrapping_add(u32::from(payload)));
    if end > frame.length() {
        return Err(Unreadable::Malformed);
    }
    let mut protocol = byte(second >> 8);
    let mut fragment = Fragment::WHOLE;
    let mut is_malformed = false;
    frame.repeat(MAX_EXTENSIONS, || {
        let unit = match protocol {
            HOP_BY_HOP | ROUTING | DESTINATION_OPTIONS | MOBILITY | FRAGMENT => 8_u32,
            AUTHENTICATION => 4,
            _ => return true,
        };
        let Some([start, id]) = frame.read(transport) else {
            is_malformed = true;
            return true;
        };
        let length = start >> 16 & 0xff;
        let units = match protocol {
            FRAGMENT => 1,
            AUTHENTICATION => length.wrapping_add(2),
            _ => length.wrapping_add(1),
        };
        transport = transport.wrapping_add(units.wrapping_mul(unit));
        if transport > end {
            is_malformed = true;
            return true;
        }
        let is_fragment = protocol == FRAGMENT;
        protocol = byte(start >> 24);
        if is_fragment {
            fragment = read_fragment(low_quarter(start), id);
            if fragment.is_later() {
                return true;
            }
        }
        transport = low_half(frame.opaque(transport.into()));
        protocol = byte(low_half(frame.opaque(protocol.into())));
        false
    });
    if is_malformed {
        return Err(Unreadable::Malformed);
    }
    let flow = Flow {
        source: Address::v6([s0, s1, s2, s3]),
        destination: Address::v6([d0, d1, d2, d3]),
        version: Version::V6,
        protocol: protocol.into(),
        ports: ports::read(frame, transport, end, protocol, fragment)?,
        fragment,
    };
    Ok(Packet { offset, header: [first, second, s0], flow })
}

/// The fragment header's offset with its flag, and its identification (RFC 8200, section 4.5).
#[inline(always)]
const fn read_fragment(place: u16, id: u32) -> Fragment {
    if place & 0xfff8 != 0 {
        Fragment::later(id)
    } else if place & 1 != 0 {
        Fragment::first(id)
    } else {
        Fragment::WHOLE
    }
}
