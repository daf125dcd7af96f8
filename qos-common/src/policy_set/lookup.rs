//! From a packet's values to one bit vector a dimension.

use super::{DIMENSIONS, Dimension, Image, cgroup, layout, names, table, trie, url};
use crate::{executable::Executable, flow::Flow, identity::GroupBits, sender::Sender};

/// The offsets of the vectors of a sender that is in no group.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SenderVectors {
    cgroup: u32,
    user: u32,
    application: u32,
    /// Those of the request that it answers ([`url::Search`]).
    pub url: url::Vectors,
    /// That of the name that it calls its destination by ([`names::Search`]), or
    /// [`names::BY_ADDRESS`].
    pub name: u32,
}

impl SenderVectors {
    /// Those of `sender` from the cgroup that `cgroup` is the vector of ([`cgroup::Search`]). It
    /// answers no request, and does not say whom it calls.
    #[inline(always)]
    pub fn new<I: Image + ?Sized, S: Sender + ?Sized>(image: &I, sender: &S, cgroup: u32) -> Self {
        let used = image.word(layout::USED);
        let all = image.header(layout::ALL_RULES);
        let [mut user, mut application] = [all; 2];
        if used & Dimension::User.bit() != 0 {
            let found = sender.user().and_then(|id| table::get(image, layout::USERS, id.into()));
            user = found.unwrap_or_else(|| image.header(layout::USERS.absent()));
        }
        if used & Dimension::Application.bit() != 0 {
            application = application_vector(image, sender.executable());
        }
        Self { cgroup, user, application, url: url::Vectors::none(image), name: names::BY_ADDRESS }
    }
}

/// The vectors of the packet of `flow` from `sender`. The eBPF program does the same with its own
/// loops.
pub fn sender_vectors<I: Image + ?Sized, S: Sender + ?Sized>(
    image: &I,
    flow: &Flow,
    sender: &S,
) -> SenderVectors {
    let mut cgroup = cgroup::Search::new(image);
    while !cgroup.step(image, sender) {}
    let mut sent = SenderVectors::new(image, sender, cgroup.vector(image));
    if let Some(request) = sender.received() {
        let mut search = url::Search::new(image, request, flow.ports.source);
        while !search.step(image, request) {}
        sent.url = search.vectors();
    }
    if let Some(request) = sender.sent().filter(|request| names::says(request)) {
        let mut search = names::Search::new(image);
        while !search.step(image, request) {}
        sent.name = search.vector();
    }
    sent
}

/// The vector of a sender in the group of `bit`.
#[inline(always)]
pub fn group_vector<I: Image + ?Sized>(image: &I, bit: u32) -> u32 {
    image.entry(image.header(layout::MEMBERS), bit)
}

/// A path's vector has the rules for its name too.
#[inline(always)]
fn application_vector<I: Image + ?Sized>(image: &I, executable: Option<Executable>) -> u32 {
    let get = |key| table::get(image, layout::APPLICATIONS, key);
    let found = executable.and_then(|Executable { path, name }| get(path).or_else(|| get(name)));
    found.unwrap_or_else(|| image.header(layout::APPLICATIONS.absent()))
}

/// Takes one of the bits that are set.
#[inline(always)]
pub fn take_group(bits: &mut GroupBits) -> Option<u32> {
    let mut first = 0;
    for word in bits {
        if *word != 0 {
            let bit = super::scan::lowest_bit(*word);
            *word &= word.wrapping_sub(1);
            return Some(bit.wrapping_add(first));
        }
        first = first.wrapping_add(64);
    }
    None
}

/// Whether no group is in `bits`.
#[inline(always)]
pub const fn is_empty(bits: &GroupBits) -> bool {
    let [a, b, c, d] = *bits;
    a | b | c | d == 0
}

/// The offsets of the vectors of `flow` from a sender of these, in the order of [`Dimension::ALL`].
#[inline(always)]
pub fn vectors<I: Image + ?Sized>(
    image: &I,
    flow: &Flow,
    sender: SenderVectors,
) -> [u32; DIMENSIONS] {
    let used = image.word(layout::USED);
    let all = image.header(layout::ALL_RULES);
    let SenderVectors { cgroup, user, application, url, mut name } = sender;
    let [mut destination, mut source, mut to, mut from, mut protocol] = [all; 5];
    if used & Dimension::Destination.bit() != 0 {
        let root = if flow.is_ipv6() { layout::DESTINATIONS_V6 } else { layout::DESTINATIONS_V4 };
        destination = trie::lookup(image, image.header(root), &flow.destination);
    }
    if used & Dimension::Source.bit() != 0 {
        let root = if flow.is_ipv6() { layout::SOURCES_V6 } else { layout::SOURCES_V4 };
        source = trie::lookup(image, image.header(root), &flow.source);
    }
    if used & Dimension::DestinationPort.bit() != 0 {
        to = image.entry(image.header(layout::DESTINATION_PORTS), flow.ports.destination);
    }
    if used & Dimension::SourcePort.bit() != 0 {
        from = image.entry(image.header(layout::SOURCE_PORTS), flow.ports.source);
    }
    if used & Dimension::Protocol.bit() != 0 {
        protocol = image.entry(image.header(layout::PROTOCOLS), flow.protocol);
    }
    if used & Dimension::Host.bit() == 0 {
        name = all;
    } else if name == names::BY_ADDRESS {
        let root = if flow.is_ipv6() { layout::NAMED_V6 } else { layout::NAMED_V4 };
        name = trie::lookup(image, image.header(root), &flow.destination);
    }
    let group = image.header(layout::NO_MEMBER);
    [
        application,
        destination,
        to,
        source,
        from,
        protocol,
        cgroup,
        user,
        url.host,
        url.port,
        url.path,
        name,
        group,
    ]
}
