//! A packet's way through the program, in one screen.

use aya_ebpf::programs::TcContext;
use aya_log_ebpf::{trace, warn};
use qos_common::wire::{self, Unreadable};

use crate::{
    count, decision,
    frame::{Frame, Written},
    verifier,
};

/// Reads, decides, rewrites and counts.
#[inline(always)]
pub(crate) fn classify(ctx: &TcContext, link_length: u32) -> Result<(), Unreadable> {
    let frame = Frame::new(ctx);
    let packet = verifier::forget(wire::read(&frame, link_length)?);
    let action = decision::decide(ctx, packet.flow);
    let Some(slot) = action.slot() else {
        count::total(|totals| &mut totals.unmatched);
        return Ok(());
    };
    let written = match action.dscp() {
        Some(dscp) => frame.rewrite(&packet, dscp),
        None => Written::Unchanged,
    };
    match written {
        Written::Rewritten => trace!(ctx, "policy {}: rewritten", slot),
        Written::Unchanged => {}
        Written::Failed => warn!(ctx, "policy {}: the packet could not be written", slot),
    }
    count::policy(ctx, slot, written);
    Ok(())
}
