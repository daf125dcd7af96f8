//! Follows what clients ask for: servers of this machine by what they receive, clients by what they
//! send. A segment's way: [`segment`] → [`entry`] (of its connection) → [`walk`], word by word → the request → what
//! a policy set has for it ([`search`]), for the packets to come.

mod again;
mod entry;
pub(crate) mod search;
mod segment;
mod walk;

use aya_ebpf::{
    bindings::__sk_buff,
    macros::cgroup_skb,
    programs::{SkBuffContext, TcContext},
};
use qos_common::request::stream::Stream;

use crate::{
    cache::socket::Stored,
    socket::Holder,
    socket_packet::{PASS, load},
};
use entry::Entry;
pub(crate) use entry::copy_known;
use segment::Segment;

/// Which way a segment goes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Way {
    /// To a socket of this machine.
    Received = 1,
    /// From one.
    Sent = 2,
}

/// What a socket receives.
#[cgroup_skb(ingress)]
pub fn qos_request_received(ctx: SkBuffContext) -> i32 {
    follow(ctx.skb.skb, Way::Received);
    PASS
}

/// What a socket sends.
#[cgroup_skb(egress)]
pub fn qos_request_sent(ctx: SkBuffContext) -> i32 {
    follow(ctx.skb.skb, Way::Sent);
    PASS
}

/// Reads a segment's data, if a request may be in it.
#[inline(always)]
fn follow(skb: *mut __sk_buff, way: Way) {
    let Some(holder) = Holder::of(skb) else { return };
    let entry = Entry::of(holder);
    if entry.is_null() && Stored::is_answered(holder, way) {
        return;
    }
    let Some(segment) = Segment::of(&TcContext::new(skb), way) else { return };
    if entry.is_null() && !begins(skb, &segment, holder, way) {
        return;
    }
    let Some(mut entry) = Entry::claim(entry, holder) else { return };
    if entry.expect(&segment, way) {
        walk::read(skb, &entry);
        if let Some(asked) = entry.news(way) {
            Stored::set_asked(holder, asked);
        }
    }
    entry.release();
}

/// Whether a segment may be the beginning of what is followed. After an answer none is looked at again.
#[inline(always)]
fn begins(skb: *mut __sk_buff, segment: &Segment, holder: Holder, way: Way) -> bool {
    if segment.length < 8 {
        return match segment.length {
            1 | 2 => load(skb, segment.at).is_some_and(Stream::is_first),
            _ => load(skb, segment.at).is_some_and(Stream::is_start),
        };
    }
    let Some(first) = load::<[u8; 8]>(skb, segment.at) else { return false };
    if Stream::is_answer(first) {
        // Of a listener all connections would inherit it.
        if holder.is_connected() {
            Stored::set_answered(holder, way);
        }
        return false;
    }
    let [a, b, c, ..] = first;
    Stream::is_start([a, b, c])
}
