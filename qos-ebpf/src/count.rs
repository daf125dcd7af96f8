//! Counts what happened, on this CPU's own memory.

use aya_ebpf::{bindings::__sk_buff, btf_maps::PerCpuArray, macros::btf_map, programs::TcContext};
use qos_common::counters::{MAX_POLICIES, PolicyCounters, Totals};

use crate::frame::Written;

#[btf_map]
static POLICIES: PerCpuArray<PolicyCounters, { MAX_POLICIES as usize }> = PerCpuArray::new();

#[btf_map]
static TOTALS: PerCpuArray<Totals, 1> = PerCpuArray::new();

/// Counts a packet of the policy that counts in `slot`.
#[inline(always)]
pub(crate) fn policy(ctx: &TcContext, slot: u32, written: Written) {
    let Some(counters) = POLICIES.get_ptr_mut(slot) else { return };
    let skb = ctx.skb.skb;
    // SAFETY: the context is valid while the program runs.
    let (segments, bytes) = unsafe { ((*skb).gso_segs, (*skb).wire_len) };
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    unsafe {
        (*counters).packets += u64::from(segments.max(1));
        (*counters).bytes += u64::from(bytes);
        match written {
            Written::Rewritten => (*counters).rewritten += 1,
            Written::Unchanged => (*counters).unchanged += 1,
            Written::Failed => (*counters).failed += 1,
        }
    }
}

/// Counts a packet of no policy; `field` picks the counter.
#[inline(always)]
pub(crate) fn total(field: impl FnOnce(&mut Totals) -> &mut u64) {
    let Some(totals) = TOTALS.get_ptr_mut(0) else { return };
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    *field(unsafe { &mut *totals }) += 1;
}

/// Counts a packet that no socket of a program sent, unless another machine did.
#[inline(always)]
pub(crate) fn no_sender(skb: *mut __sk_buff) {
    // SAFETY: the context is valid while the program runs.
    if unsafe { (*skb).ingress_ifindex } == 0 {
        total(|totals| &mut totals.no_sender);
    }
}
