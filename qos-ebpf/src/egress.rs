//! A packet's way through the program, in one screen.

use core::mem::MaybeUninit;

use aya_ebpf::{bindings::__sk_buff, programs::TcContext};
use aya_log_ebpf::{debug, trace, warn};
use qos_common::{
    action::Action,
    wire::{self, Packet, Unreadable, plain},
};

use crate::{
    count, decision,
    frame::{Linear, Whole, Written},
    marking,
    privilege::PERFMON,
    throttle::{self, DROPPED},
    verifier,
};

/// What becomes of a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes on.
    Leaves,
    /// It does not: its policy's rate is used up.
    Dropped,
}

/// Reads, decides, throttles, rewrites and counts.
#[inline(always)]
pub(crate) fn classify(ctx: &TcContext, link_length: u32) -> Verdict {
    match plain::read(&Linear(ctx), link_length) {
        Some(packet) => {
            verifier::settle(&packet);
            finish(ctx, &packet, decision::decide(ctx, &packet.flow))
        }
        None if qos_unusual(ctx.skb.skb, link_length) == DROPPED => Verdict::Dropped,
        None => Verdict::Leaves,
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
    let mut packet = MaybeUninit::<Packet>::uninit();
    // SAFETY: 0 is a value of all of its fields.
    let packet = unsafe {
        verifier::clear(packet.as_mut_ptr());
        packet.assume_init_mut()
    };
    if qos_read(skb, link_length, packet) == READ {
        decision::find_ports(skb, &mut packet.flow);
        let verdict = finish(ctx, packet, decision::decide(ctx, &packet.flow));
        if verdict == Verdict::Dropped {
            return DROPPED;
        }
    }
    0
}

/// Throttles, rewrites and counts.
#[inline(always)]
fn finish(ctx: &TcContext, packet: &Packet, action: Action) -> Verdict {
    if let (Some(number), Some(slot)) = (action.throttle(), action.slot())
        && throttle::qos_throttle(ctx.skb.skb, slot, number.into()) == DROPPED
    {
        if PERFMON {
            trace!(ctx, "policy {}: dropped", slot);
        }
        return Verdict::Dropped;
    }
    let written = marking::mark(ctx, packet, action);
    let Some(slot) = action.slot() else {
        count::total(ctx, |totals| &mut totals.unmatched);
        return Verdict::Leaves;
    };
    match written {
        Written::Rewritten if PERFMON => trace!(ctx, "policy {}: rewritten", slot),
        Written::Failed if PERFMON => {
            warn!(ctx, "policy {}: the packet could not be written", slot);
        }
        Written::Rewritten | Written::Unchanged | Written::Failed => {}
    }
    count::policy(ctx, slot, written);
    Verdict::Leaves
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
            if PERFMON {
                trace!(ctx, "not IP");
            }
            count::total(ctx, |totals| &mut totals.not_ip);
        }
        Err(Unreadable::Malformed) => {
            if PERFMON {
                debug!(ctx, "malformed IP packet of {} bytes", ctx.len());
            }
            count::total(ctx, |totals| &mut totals.malformed);
        }
    }
    0
}
