//! What the eBPF program and its loader must agree on, and all logic that can live outside the
//! kernel. A packet's way through the modules: [`wire`] reads it, [`flow`] is what rules can see
//! of it, [`sender`] who sent it, by the [`identity`] that hooks record ([`kernel`] tells them where, and
//! [`executable`] what of the program), [`cache`] remembers the answer for its socket, [`policy_set`]
//! finds the first rule that matches, [`action`] is what that rule asks for, [`throttle`] says whether
//! it may leave yet and [`shaper`] how, [`rewrite`] makes the new header bytes, [`counters`] says what
//! happened, and [`classified`] what was found for a new flow. Beside packets, [`window`] is how large TCP's
//! receive windows may get, [`pacing`] how fast it sends, [`name_message`] what is overheard of name servers,
//! which [`dns`] reads, and [`request`] what a client asks for.
//!
//! Nothing here allocates, panics or is unsafe: in a BPF program a panic path is a verifier
//! rejection, so the lints below are correctness, not taste.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::expect_used,
        clippy::panic,
        clippy::unwrap_used
    )
)]
#![expect(
    clippy::inline_always,
    reason = "a BPF call spends stack, and the verifier walks it anew"
)]

pub mod action;
pub mod cache;
pub mod classified;
pub mod counters;
pub mod dns;
pub mod dscp;
pub mod executable;
pub mod flow;
pub mod identity;
pub mod kernel;
pub mod name_message;
mod narrow;
pub mod pacing;
pub mod policy_set;
pub mod request;
pub mod rewrite;
pub mod sender;
pub mod shaper;
pub mod throttle;
pub mod window;
pub mod wire;
