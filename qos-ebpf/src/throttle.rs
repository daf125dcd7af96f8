//! Drops what a policy's rate does not let through yet. TCP is told at once and keeps the data; of
//! other protocols it is lost. What is not dropped may leave by a [`shaper`].

mod shaper;

use core::intrinsics::{AtomicOrdering, atomic_cxchg, atomic_xadd};

use aya_ebpf::{
    bindings::__sk_buff,
    btf_maps::Array,
    helpers::generated::{bpf_ktime_get_coarse_ns, bpf_ktime_get_ns},
    macros::btf_map,
};
use qos_common::{
    counters::MAX_POLICIES,
    policy_set::{Image as _, layout, pace},
};

use crate::{count, policy_set::PolicySet, privilege::PERFMON};

/// For each policy's slot, when what it sent is paid off. One word for all CPUs and interfaces.
#[btf_map]
static DUE: Array<u64, { MAX_POLICIES as usize }> = Array::new();

/// How often the word is tried while other CPUs change it.
const TRIES: u32 = if PERFMON { 8 } else { 1 };

/// What [`qos_throttle`] returns of a packet that does not leave.
pub(crate) const DROPPED: u64 = 1;
const LEAVES: u64 = 0;

/// Charges a packet to the policy in `slot`, whose throttle has this number; or counts it as dropped.
/// If the set was replaced meanwhile, it is charged by the wrong rate or not at all; `Pace::charge_exactly`
/// says why that does no harm.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) extern "C" fn qos_throttle(skb: *mut __sk_buff, slot: u32, number: u32) -> u64 {
    let way = shaper::way(skb);
    shaper::classify(skb, way, slot);
    // One by one, for the verifier: without `CAP_PERFMON` it follows an address that is null, too.
    let Some(set) = PolicySet::current() else { return LEAVES };
    let Some(due) = DUE.get_ptr_mut(slot) else { return LEAVES };
    let charged = charged(set, slot);
    // SAFETY: the context is valid while the program runs.
    let (bytes, mark) = unsafe { ((*skb).wire_len, (*skb).tc_index) };
    if mark == charged {
        return LEAVES;
    }
    let pace = pace(&set, number);
    let (mut stored, mut departure) = (false, 0);
    for _try in 0..TRIES {
        // SAFETY: the element is valid, and CPUs access it by whole words.
        let before = unsafe { due.read_volatile() };
        // The clock of the last tick costs less, and is all that most packets need.
        // SAFETY: the helpers have no conditions.
        let after =
            pace.charge(before, unsafe { bpf_ktime_get_coarse_ns() }, bytes).or_else(|| {
                // SAFETY: as above.
                pace.charge_exactly(before, unsafe { bpf_ktime_get_ns() }, bytes)
            });
        let Some(after) = after else {
            count::dropped(skb, slot);
            return DROPPED;
        };
        // SAFETY: as above.
        let (_, exchanged) = unsafe {
            atomic_cxchg::<u64, { AtomicOrdering::Relaxed }, { AtomicOrdering::Relaxed }>(
                due, before, after,
            )
        };
        (stored, departure) = (exchanged, pace.departure(after, bytes));
        if stored {
            break;
        }
    }
    if !stored {
        // Where so many send at once, there is a debt to add to.
        // SAFETY: as above.
        unsafe { atomic_xadd::<u64, u64, { AtomicOrdering::Relaxed }>(due, pace.cost(bytes)) };
    }
    shaper::delay(skb, way, departure);
    // SAFETY: as for reading it.
    unsafe { (*skb).tc_index = charged };
    LEAVES
}

/// What a packet carries that was charged to the policy in `slot`, through all devices of this machine:
/// it may pass another one that is attached. Loaders have numbers of their own, by the generation of
/// their sets.
#[inline(always)]
fn charged(set: PolicySet, slot: u32) -> u32 {
    const NUMBERS: u32 = (1 << 15) - 1;
    set.header(layout::GENERATION).wrapping_add(slot) & NUMBERS | 1 << 15
}
