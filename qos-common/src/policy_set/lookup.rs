//! From a packet's values to one bit vector a dimension.

use super::{DIMENSIONS, Dimension, Image, layout, table, trie};
use crate::flow::Flow;

/// The offsets of the vectors of `flow`, sent by `user` from the cgroup that `cgroup` is the
/// vector of, in the order of [`Dimension::ALL`].
#[inline(always)]
pub fn vectors<I: Image + ?Sized>(
    image: &I,
    flow: &Flow,
    cgroup: u32,
    user: Option<u32>,
) -> [u32; DIMENSIONS] {
    let used = image.word(layout::USED);
    let all = image.header(layout::ALL_RULES);
    let [mut destination, mut source, mut to, mut from, mut protocol] = [all; 5];
    if used & Dimension::Destination.bit() != 0 {
        let root = if flow.ipv6 { layout::DESTINATIONS_V6 } else { layout::DESTINATIONS_V4 };
        destination = trie::lookup(image, image.header(root), &flow.destination);
    }
    if used & Dimension::Source.bit() != 0 {
        let root = if flow.ipv6 { layout::SOURCES_V6 } else { layout::SOURCES_V4 };
        source = trie::lookup(image, image.header(root), &flow.source);
    }
    if used & Dimension::DestinationPort.bit() != 0 {
        to = image.entry(image.header(layout::DESTINATION_PORTS), flow.ports.destination);
    }
    if used & Dimension::SourcePort.bit() != 0 {
        from = image.entry(image.header(layout::SOURCE_PORTS), flow.ports.source);
    }
    if used & Dimension::Protocol.bit() != 0 {
        protocol = image.entry(image.header(layout::PROTOCOLS), u32::from(flow.protocol));
    }
    [destination, to, source, from, protocol, cgroup, user_vector(image, user)]
}

/// The vector of the user; a set without policies for users has an empty table whose absent users
/// satisfy all rules.
#[inline(always)]
fn user_vector<I: Image + ?Sized>(image: &I, user: Option<u32>) -> u32 {
    user.and_then(|user| table::get(image, layout::USERS, u64::from(user)))
        .unwrap_or_else(|| image.header(layout::USERS.absent()))
}
