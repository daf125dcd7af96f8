//! The packets that nearly all are: no tag before the IP header, no options or extension headers
//! behind it, whole, with TCP or UDP. They are read in a few instructions without a loop.

use super::{Packet, Words, link, ports};
use crate::{
    flow::{Address, Flow, Fragment, Ports, Version},
    narrow::byte,
};

/// Version 4 and a header of five words.
const IPV4: u32 = 0x45;
/// The flag of more fragments, and their offset.
const FRAGMENT: u32 = 0x3fff;
/// The bytes of the transport header that are read.
const PORTS: u32 = 4;

/// What [`super::read`] reads of such a packet, or `None` for all others.
#[inline(always)]
pub fn read<W: Words + ?Sized>(frame: &W, link_length: u32) -> Option<Packet> {
    match link::untagged(frame, link_length).ok()? {
        Version::V4 => ipv4(frame, link_length),
        Version::V6 => ipv6(frame, link_length),
    }
}

#[inline(always)]
fn ipv4<W: Words + ?Sized>(frame: &W, offset: u32) -> Option<Packet> {
    const LENGTH: u32 = 20;
    let [first, second, third, source, destination, both] = frame.read(offset)?;
    let protocol = byte(third >> 16);
    let is_plain = first >> 24 == IPV4 && second & FRAGMENT == 0 && is_usual(protocol);
    let total = first & 0xffff;
    if !is_plain || total < LENGTH + PORTS || offset.wrapping_add(total) > frame.length() {
        return None;
    }
    let flow = Flow {
        source: Address::v4(source),
        destination: Address::v4(destination),
        version: Version::V4,
        protocol: protocol.into(),
        ports: Ports::both(both),
        fragment: Fragment::WHOLE,
    };
    Some(Packet { offset, header: [first, second, third], flow })
}

#[inline(always)]
fn ipv6<W: Words + ?Sized>(frame: &W, offset: u32) -> Option<Packet> {
    const LENGTH: u32 = 40;
    const DESTINATION: u32 = 24;
    let [first, second, s0, s1, s2, s3] = frame.read(offset)?;
    let [d0, d1, d2, d3, both] = frame.read(offset.wrapping_add(DESTINATION))?;
    let protocol = byte(second >> 8);
    let payload = second >> 16;
    let end = offset.wrapping_add(LENGTH).wrapping_add(payload);
    let is_plain = first >> 28 == 6 && is_usual(protocol);
    if !is_plain || payload < PORTS || end > frame.length() {
        return None;
    }
    let flow = Flow {
        source: Address::v6([s0, s1, s2, s3]),
        destination: Address::v6([d0, d1, d2, d3]),
        version: Version::V6,
        protocol: protocol.into(),
        ports: Ports::both(both),
        fragment: Fragment::WHOLE,
    };
    Some(Packet { offset, header: [first, second, s0], flow })
}

#[inline(always)]
const fn is_usual(protocol: u8) -> bool {
    matches!(protocol, ports::TCP | ports::UDP)
}
