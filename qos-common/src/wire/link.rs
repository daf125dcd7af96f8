//! The link layer: where the IP header starts and which version it has.
//!
//! The ethertype is read from the frame, for `skb->protocol` is what a packet socket's sender
//! declared. Tags that the device inserts itself (VLAN acceleration) are not in the frame.

use super::{Unreadable, Words};
use crate::{flow::Version, narrow::low_quarter};

/// The length of an Ethernet header without tags, bytes (IEEE 802.3).
pub const ETHERNET: u32 = 14;
/// The length of the header of devices that have none, bytes.
pub const NONE: u32 = 0;

/// The word that ends with the ethertype of a frame without tags.
const ETHERTYPE_OFFSET: u32 = 10;
const TAG: u32 = 4;
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;
const QINQ: u16 = 0x88a8;

/// The IP version and the offset of its header; up to two VLAN tags are skipped.
#[inline(always)]
pub(super) fn read<W: Words + ?Sized>(
    frame: &W,
    link_length: u32,
) -> Result<(Version, u32), Unreadable> {
    if link_length == NONE {
        return Ok((untagged(frame, NONE)?, 0));
    }
    let mut offset = ETHERTYPE_OFFSET;
    let mut ethertype = read_ethertype(frame, offset)?;
    for _tag in 0..2 {
        if ethertype != VLAN && ethertype != QINQ {
            break;
        }
        offset = offset.wrapping_add(TAG);
        ethertype = read_ethertype(frame, offset)?;
    }
    Ok((version(ethertype)?, offset.wrapping_add(4)))
}

/// The version of an IP header that stands right behind the link header.
#[inline(always)]
pub(super) fn untagged<W: Words + ?Sized>(
    frame: &W,
    link_length: u32,
) -> Result<Version, Unreadable> {
    if link_length != NONE {
        return version(read_ethertype(frame, ETHERTYPE_OFFSET)?);
    }
    // Nothing but IP is sent there.
    let [first] = frame.read(0).ok_or(Unreadable::Malformed)?;
    match first >> 28 {
        4 => Ok(Version::V4),
        6 => Ok(Version::V6),
        _ => Err(Unreadable::NotIp),
    }
}

#[inline(always)]
const fn version(ethertype: u16) -> Result<Version, Unreadable> {
    match ethertype {
        IPV4 => Ok(Version::V4),
        IPV6 => Ok(Version::V6),
        _ => Err(Unreadable::NotIp),
    }
}

/// The ethertype in the lower half of the word at `offset`.
#[inline(always)]
fn read_ethertype<W: Words + ?Sized>(frame: &W, offset: u32) -> Result<u16, Unreadable> {
    let [word] = frame.read(offset).ok_or(Unreadable::NotIp)?;
    Ok(low_quarter(word))
}
