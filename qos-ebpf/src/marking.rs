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
    let before = || Dscp::of_traffic_class(packet.traffic_class());
    match action.dscp() {
        Some(dscp) if is_for(ctx.skb.skb, action, before) => frame::rewrite(ctx, packet, dscp),
        _ => Written::Unchanged,
    }
}

/// Whether the packet `skb`, which came with the code point `before`, gets that of `action`.
#[inline(always)]
pub(crate) fn is_for(skb: *mut __sk_buff, action: Action, before: impl FnOnce() -> Dscp) -> bool {
    let keeps = || action.keeps_marked() && before().value() != 0;
    !action.has_terms() || !(keeps() || action.is_for_own() && !is_own(skb))
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
