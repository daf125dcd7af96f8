//! Counts packets that no program sends, where policies ask who does.

use aya_ebpf::{bindings::__sk_buff, btf_maps::PerCpuArray, macros::btf_map};

#[btf_map]
static NOBODYS: PerCpuArray<u64, 1> = PerCpuArray::new();

/// Counts a packet that no socket of a program sent, unless another machine did.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) extern "C" fn qos_nobody(skb: *mut __sk_buff) -> u64 {
    // SAFETY: the context is valid while the program runs.
    if unsafe { (*skb).ingress_ifindex } == 0
        && let Some(count) = NOBODYS.get_ptr_mut(0)
    {
        // SAFETY: a per-CPU element is this CPU's alone while the program runs.
        unsafe { *count += 1 };
    }
    0
}
