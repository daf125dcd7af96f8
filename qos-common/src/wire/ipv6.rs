//! IPv6 (RFC 8200), with its extension headers.

use super::{Bytes, Packet, Unreadable, end, ports};
use crate::flow::{Address, Flow, Fragment};

const HEADER: usize = 40;
/// Longer chains are classified by the number of the first header that was not read, without ports.
const MAX_EXTENSIONS: u32 = 8;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY: u8 = 135;

#[inline(always)]
pub(super) fn read<B: Bytes + ?Sized>(frame: &B, offset: u32) -> Result<Packet, Unreadable> {
    let header: [u8; HEADER] = frame.read(offset).ok_or(Unreadable::Malformed)?;
    let [first, _, _, _, l0, l1, next, ..] = header;
    if first >> 4 != 6 {
        return Err(Unreadable::Malformed);
    }
    let mut transport = offset.wrapping_add(40);
    let payload = u16::from_be_bytes([l0, l1]);
    let end = end(frame, payload, transport.wrapping_add(u32::from(payload)));
    if end > frame.length() {
        return Err(Unreadable::Malformed);
    }
    let mut protocol = next;
    let mut fragment = Fragment::WHOLE;
    for _extension in 0..MAX_EXTENSIONS {
        let unit = match protocol {
            HOP_BY_HOP | ROUTING | DESTINATION_OPTIONS | MOBILITY | FRAGMENT => 8_u32,
            AUTHENTICATION => 4,
            _ => break,
        };
        let [following, length, place @ ..]: [u8; 8] =
            frame.read(transport).ok_or(Unreadable::Malformed)?;
        let units = match protocol {
            FRAGMENT => 1,
            AUTHENTICATION => u32::from(length).wrapping_add(2),
            _ => u32::from(length).wrapping_add(1),
        };
        transport = transport.wrapping_add(units.wrapping_mul(unit));
        if transport > end {
            return Err(Unreadable::Malformed);
        }
        let is_fragment = protocol == FRAGMENT;
        protocol = following;
        if is_fragment {
            fragment = read_fragment(place);
            if fragment.later {
                break;
            }
        }
    }
    let flow = Flow {
        source: address(&header, 8),
        destination: address(&header, 24),
        ipv6: true,
        protocol,
        ports: ports::read(frame, transport, end, protocol, fragment)?,
        fragment,
    };
    let header = *header.first_chunk().ok_or(Unreadable::Malformed)?;
    Ok(Packet { offset, header, flow })
}

/// The address at byte `start` of the header.
#[inline(always)]
fn address(header: &[u8; HEADER], start: usize) -> Address {
    let bytes = header.get(start..).and_then(|rest| rest.first_chunk());
    bytes.map_or(Address::default(), |bytes| Address::v6(*bytes))
}

/// The fragment header's offset, flag and identification (RFC 8200, section 4.5).
#[inline(always)]
const fn read_fragment(place: [u8; 6]) -> Fragment {
    let [o0, o1, i0, i1, i2, i3] = place;
    let word = u16::from_be_bytes([o0, o1]);
    let id = u32::from_be_bytes([i0, i1, i2, i3]);
    if word & 0xfff8 != 0 {
        Fragment::later(id)
    } else if word & 1 != 0 {
        Fragment::first(id)
    } else {
        Fragment::WHOLE
    }
}
