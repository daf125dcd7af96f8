//! Counts what happened, on this CPU's own memory.

use aya_ebpf::{btf_maps::PerCpuArray, macros::btf_map, programs::TcContext};
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

/// Counts a packet that no policy applies to; `field` picks the counter.
#[inline(always)]
pub(crate) fn total(field: impl FnOnce(&mut Totals) -> &mut u64) {
    let Some(totals) = TOTALS.get_ptr_mut(0) else { return };
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    *field(unsafe { &mut *totals }) += 1;
}
