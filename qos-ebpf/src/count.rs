//! Counts what happened, on this CPU's own memory.

use aya_ebpf::{bindings::__sk_buff, btf_maps::PerCpuArray, macros::btf_map, programs::TcContext};
use qos_common::counters::{InterfaceTotals, MAX_POLICIES, PolicyCounters, Totals};

use crate::frame::Written;

#[btf_map]
static POLICIES: PerCpuArray<PolicyCounters, { MAX_POLICIES as usize }> = PerCpuArray::new();

#[btf_map]
static TOTALS: PerCpuArray<InterfaceTotals, { InterfaceTotals::OWN as usize + 1 }> =
    PerCpuArray::new();

/// Counts a packet of the policy that counts in `slot`.
#[inline(always)]
pub(crate) fn policy(ctx: &TcContext, slot: u32, written: Written) {
    let Some(counters) = POLICIES.get_ptr_mut(slot) else { return };
    let (packets, bytes) = size(ctx.skb.skb);
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    unsafe {
        (*counters).packets += packets;
        (*counters).bytes += bytes;
        match written {
            Written::Rewritten => (*counters).rewritten += 1,
            Written::Unchanged => (*counters).unchanged += 1,
            Written::Failed => (*counters).failed += 1,
        }
    }
}

/// Counts a packet that the policy in `slot` does not let through.
#[inline(always)]
pub(crate) fn dropped(skb: *mut __sk_buff, slot: u32) {
    let Some(counters) = POLICIES.get_ptr_mut(slot) else { return };
    let (packets, bytes) = size(skb);
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    unsafe {
        (*counters).dropped += packets;
        (*counters).dropped_bytes += bytes;
    }
}

/// The packets on the wire, and their bytes.
#[inline(always)]
fn size(skb: *mut __sk_buff) -> (u64, u64) {
    // SAFETY: the context is valid while the program runs.
    let (segments, bytes) = unsafe { ((*skb).gso_segs, (*skb).wire_len) };
    (segments.max(1).into(), bytes.into())
}

/// Counts a packet that no policy applies to; `field` picks the counter.
#[inline(always)]
pub(crate) fn total(ctx: &TcContext, field: impl FnOnce(&mut Totals) -> &mut u64) {
    // SAFETY: the context is valid while the program runs.
    let interface = unsafe { (*ctx.skb.skb).ifindex };
    let Some(mut totals) = TOTALS.get_ptr_mut(InterfaceTotals::element(interface)) else { return };
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    match unsafe { (*totals).interface } {
        own if own == u64::from(interface) => {}
        // SAFETY: as above.
        0 => unsafe { (*totals).interface = interface.into() },
        _taken => {
            let Some(others) = TOTALS.get_ptr_mut(InterfaceTotals::OWN) else { return };
            totals = others;
        }
    }
    // SAFETY: as above.
    *field(unsafe { &mut (*totals).totals }) += 1;
}
