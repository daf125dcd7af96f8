//! The kernel side of qos-loader: a tc-egress program that gives packets the DSCP that their
//! policy asks for. It is thin; every decision is made by code of qos-common.
//!
//! A packet's way: [`egress`] → [`frame`] (read) → [`decision`] → [`socket`] → [`cache`] (the socket's
//! answer) → [`matching`] (else match, by the [`policy_set`] and the [`sender`]) → [`throttle`] → [`marking`] →
//! [`frame`] (rewrite) → [`count`].
//!
//! Beside packets, [`identity`] records who sends, [`tcp`] limits what TCP itself does, [`names`]
//! overhears name servers, and [`requests`] what clients ask for.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch, core_intrinsics)]
#![expect(
    missing_docs,
    unreachable_pub,
    reason = "the classifier macro makes functions of its own"
)]
#![expect(clippy::needless_pass_by_value, reason = "the classifier macro passes contexts so")]
#![expect(internal_features, reason = "BPF has atomic instructions but no core::sync::atomic")]
#![expect(
    clippy::inline_always,
    reason = "a BPF call spends stack, and the verifier walks it anew"
)]

mod cache;
mod count;
mod decision;
mod egress;
mod frame;
mod identity;
mod marking;
mod matching;
mod names;
mod nobody;
mod policy_set;
mod privilege;
mod requests;
mod sender;
mod socket;
mod socket_packet;
mod storage;
mod tcp;
mod throttle;
mod verifier;

use aya_ebpf::{
    bindings::{TC_ACT_SHOT, TC_ACT_UNSPEC},
    macros::classifier,
    programs::TcContext,
};
use egress::Verdict;
use qos_common::wire::link;

/// Marks what leaves through a device with an Ethernet header.
#[classifier]
pub fn qos_ethernet(ctx: TcContext) -> i32 {
    mark(&ctx, link::ETHERNET)
}

/// Marks what leaves through a device without a link header (tun, wireguard, ppp).
#[classifier]
pub fn qos_ip(ctx: TcContext) -> i32 {
    mark(&ctx, link::NONE)
}

/// Whatever happens the packet goes on, to the next program and to the wire: a marker fails open. But
/// for one that its policy's rate does not let through yet.
#[inline(always)]
fn mark(ctx: &TcContext, link_length: u32) -> i32 {
    match egress::classify(ctx, link_length) {
        Verdict::Leaves => TC_ACT_UNSPEC,
        Verdict::Dropped => TC_ACT_SHOT,
    }
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// The kernel lets only GPL-compatible programs call some helpers.
#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
