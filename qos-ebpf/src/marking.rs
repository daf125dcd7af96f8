//! Whether a packet gets the code point of its action: some are only for packets that carry none, or
//! that a program of this machine sends.

use aya_ebpf::{bindings::__sk_buff, programs::TcContext};
use qos_common::{action::Action, dscp::Dscp, wire::Packet};

use crate::{
    frame::{self, Written},
    socket::Holder,
};

/// Puts the code point of `action` into the packet that was read from `ctx`, if it is for that.
#[inline(always)]
pub(crate) fn mark(ctx: &TcContext, packet: &Packet, action: Action) -> Written {
    match action.dscp() {
        Some(dscp) if !action.has_terms() || is_for(action, ctx.skb.skb, packet) => {
            frame::rewrite(ctx, packet, dscp)
        }
        _ => Written::Unchanged,
    }
}

/// Whether the packet meets the terms.
#[inline(always)]
fn is_for(action: Action, skb: *mut __sk_buff, packet: &Packet) -> bool {
    let is_marked = Dscp::of_traffic_class(packet.traffic_class()).value() != 0;
    !(action.keeps_marked() && is_marked || action.is_for_own() && !is_own(skb))
}

/// Whether a socket of this machine sends the packet: it holds one, and did not come in by another
/// interface than the one where it is now, as what is forwarded did. Where containers' packets come
/// in, they are their sockets'.
#[inline(always)]
fn is_own(skb: *mut __sk_buff) -> bool {
    // SAFETY: the context is valid while the program runs.
    let (came_by, is_at) = unsafe { ((*skb).ingress_ifindex, (*skb).ifindex) };
    Holder::of(skb).is_some() && (came_by == 0 || came_by == is_at)
}
