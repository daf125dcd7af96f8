//! A packet's way through the program, in one screen.

use aya_ebpf::{bindings::__sk_buff, programs::TcContext};
use aya_log_ebpf::{debug, trace, warn};
use qos_common::{
    action::Action,
    wire::{self, Packet, Unreadable, plain},
};

use crate::{
    count, decision,
    frame::{Linear, Whole, Written},
    marking, verifier,
};

/// Reads, decides, rewrites and counts.
#[inline(always)]
pub(crate) fn classify(ctx: &TcContext, link_length: u32) {
    match plain::read(&Linear(ctx), link_length) {
        Some(packet) => {
            verifier::settle(&packet);
            finish(ctx, &packet, decision::decide(ctx, &packet.flow));
        }
        None => _ = qos_unusual(ctx.skb.skb, link_length),
    }
}

/// What [`classify`] does, for a packet that is not plain or whose headers are not all in the linear
/// part.
///
/// A global function, as those of [`decision`]: it takes none of the space, in the processor's caches
/// and on the stack, of the packets that do not need it.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_unusual(skb: *mut __sk_buff, link_length: u32) -> u64 {
    let ctx = &TcContext::new(skb);
    let mut packet = Packet::default();
    if qos_read(skb, link_length, &raw mut packet) == READ {
        decision::find_ports(skb, &mut packet.flow);
        finish(ctx, &packet, decision::decide(ctx, &packet.flow));
    }
    0
}

/// Rewrites and counts.
#[inline(always)]
fn finish(ctx: &TcContext, packet: &Packet, action: Action) {
    let written = marking::mark(ctx, packet, action);
    let Some(slot) = action.slot() else {
        count::total(|totals| &mut totals.unmatched);
        return;
    };
    match written {
        Written::Rewritten => trace!(ctx, "policy {}: rewritten", slot),
        Written::Unchanged => {}
        Written::Failed => warn!(ctx, "policy {}: the packet could not be written", slot),
    }
    count::policy(ctx, slot, written);
}

/// What [`qos_read`] returns if it has read a packet.
const READ: u64 = 1;

/// Reads a packet into `packet`, or counts what is none.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_read(skb: *mut __sk_buff, link_length: u32, packet: *mut Packet) -> u64 {
    let ctx = &TcContext::new(skb);
    // SAFETY: the verifier lets only a packet or null be passed.
    let Some(to) = (unsafe { packet.as_mut() }) else { return 0 };
    match wire::read(&Whole(ctx), link_length) {
        Ok(packet) => {
            *to = packet;
            return READ;
        }
        Err(Unreadable::NotIp) => {
            trace!(ctx, "not IP");
            count::total(|totals| &mut totals.not_ip);
        }
        Err(Unreadable::Malformed) => {
            debug!(ctx, "malformed IP packet of {} bytes", ctx.len());
            count::total(|totals| &mut totals.malformed);
        }
    }
    0
}
