//! What keeps rates beside drops, on interfaces where the loader made or found a qdisc for it.

use aya_ebpf::{
    bindings::{__sk_buff, BPF_F_NO_PREALLOC},
    btf_maps::HashMap,
    helpers::generated::bpf_skb_set_tstamp,
    macros::btf_map,
};
use qos_common::shaper::{MAX_INTERFACES, Way, priority};

use crate::socket::Holder;

/// `BPF_SKB_TSTAMP_DELIVERY_MONO` (`include/uapi/linux/bpf.h`): a time of the clock since the boot.
const SINCE_BOOT: u32 = 1;

/// A [`Way`] by the interface's number; those that are not here have only what is dropped.
#[btf_map]
static SHAPERS: HashMap<u32, u32, { MAX_INTERFACES as usize }, { BPF_F_NO_PREALLOC as usize }> =
    HashMap::new();

/// How a packet leaves its interface. One that came in by the same is not told from those that still come
/// in, for which there is no qdisc.
#[inline(always)]
pub(super) fn way(skb: *mut __sk_buff) -> u32 {
    // SAFETY: the context is valid while the program runs.
    let (came_by, is_at) = unsafe { ((*skb).ingress_ifindex, (*skb).ifindex) };
    if came_by == is_at {
        return 0;
    }
    // SAFETY: the value is a word, which the loader writes at once.
    unsafe { SHAPERS.get(is_at) }.copied().unwrap_or(0)
}

/// Has the packet go into the class of the policy in `slot`, if there are classes.
#[inline(always)]
pub(super) fn classify(skb: *mut __sk_buff, way: u32, slot: u32) {
    if way == Way::Classes as u32 {
        // SAFETY: the context is valid while the program runs.
        unsafe { (*skb).priority = priority(slot) };
    }
}

/// Has a packet wait for its time, if departures have times here. TCP's alone: it sends no more while so
/// much of it waits. Of others fq would drop what was charged, for it lets 100 packets of a flow wait.
#[inline(always)]
pub(super) fn delay(skb: *mut __sk_buff, way: u32, departure: u64) {
    if way != Way::Departures as u32 || !Holder::of(skb).is_some_and(Holder::is_tcp) {
        return;
    }
    // SAFETY: the context is valid while the program runs.
    unsafe {
        // TCP may have set a later one.
        if departure > (*skb).tstamp {
            bpf_skb_set_tstamp(skb, departure, SINCE_BOOT);
        }
    }
}
