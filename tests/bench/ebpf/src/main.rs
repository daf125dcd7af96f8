//! What the bench measures qos-ebpf against: nothing, and the floor, which is the least that a
//! program that marks can do. [`trace`] feeds them and qos-ebpf with packets.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![expect(
    missing_docs,
    unreachable_pub,
    reason = "the classifier macro makes functions of its own"
)]
#![expect(internal_features, reason = "BPF has atomic instructions but no core::sync::atomic")]
#![expect(clippy::needless_pass_by_value, reason = "the classifier macro passes contexts so")]

use core::intrinsics::{AtomicOrdering, atomic_xadd};

use aya_ebpf::{
    bindings::{TC_ACT_SHOT, TC_ACT_UNSPEC},
    btf_maps::{Array, PerCpuArray, ProgramArray},
    macros::{btf_map, classifier},
    programs::TcContext,
};

/// The DSCP that the floor writes (EF), as a TOS byte.
const TOS: u8 = 46 << 2;

const ETHERNET: usize = 14;

/// The start of each packet of the trace, from the link header on.
#[btf_map]
static PACKETS: Array<[u8; 64], 4096> = Array::new();

/// The number of packets less one; a power of two of them is in use.
#[btf_map]
static MASK: Array<u32, 1> = Array::new();

/// This CPU's place in the trace.
#[btf_map]
static NEXT: PerCpuArray<u32, 1> = PerCpuArray::new();

/// What [`shared_counter`] counts.
#[btf_map]
static COUNT: Array<u64, 1> = Array::new();

/// The program that is measured.
#[btf_map]
static SUBJECT: ProgramArray<1> = ProgramArray::new();

/// Lets every packet pass.
#[classifier]
pub fn empty(_ctx: TcContext) -> i32 {
    TC_ACT_UNSPEC
}

/// Lets every packet pass, and counts it where all CPUs count.
#[classifier]
pub fn shared_counter(_ctx: TcContext) -> i32 {
    if let Some(count) = COUNT.get_ptr_mut(0) {
        // SAFETY: the element is valid while the program runs.
        unsafe { atomic_xadd::<u64, u64, { AtomicOrdering::Relaxed }>(count, 1) };
    }
    TC_ACT_UNSPEC
}

/// Writes the DSCP of packets that are IPv4 with a TOS of 0.
#[classifier]
pub fn floor_v4(ctx: TcContext) -> i32 {
    let (from, to) = (u16::from_be_bytes([0x45, 0]), u16::from_be_bytes([0x45, TOS]));
    let (from, to) = (u64::from(from.to_be()), u64::from(to.to_be()));
    if ctx.skb.l3_csum_replace(ETHERNET + 10, from, to, 2).is_ok() {
        let _stored = ctx.skb.store(ETHERNET + 1, &TOS, 0);
    }
    TC_ACT_UNSPEC
}

/// Writes the DSCP of packets that are IPv6 with a Traffic Class and flow label of 0.
#[classifier]
pub fn floor_v6(ctx: TcContext) -> i32 {
    let _stored = ctx.skb.store(ETHERNET, &[0x60 | TOS >> 4, TOS << 4], 0);
    TC_ACT_UNSPEC
}

/// Takes every packet away, at the far end of a device, before the stack there sees it.
#[classifier]
pub fn sink(_ctx: TcContext) -> i32 {
    TC_ACT_SHOT
}

/// Makes the next packet of the trace of this one, then runs the program that is measured: so a
/// test run that repeats one packet shows it many, each of them as the sender made it.
#[classifier]
pub fn trace(ctx: TcContext) -> i32 {
    let _left = next_packet(&ctx);
    // SAFETY: the context is valid while the program runs. This is where ours notes what it charged.
    unsafe { (*ctx.skb.skb).tc_index = 0 };
    // SAFETY: nothing here must be dropped.
    unsafe { SUBJECT.tail_call(&ctx, 0) };
    TC_ACT_UNSPEC
}

#[inline]
fn next_packet(ctx: &TcContext) -> Option<()> {
    let mask = *MASK.get(0)?;
    let next = NEXT.get_ptr_mut(0)?;
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    let packet = unsafe {
        *next = (*next).wrapping_add(1);
        PACKETS.get(*next & mask)?
    };
    ctx.skb.store(0, packet, 0).ok()
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
