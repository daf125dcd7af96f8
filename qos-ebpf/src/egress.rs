//! A packet's way through the program, in one screen.

use aya_ebpf::programs::TcContext;
use aya_log_ebpf::{trace, warn};
use qos_common::{
    action::Action,
    cache::Question,
    flow::Flow,
    policy_set::{Dimension, Image as _, layout},
    wire::{self, Unreadable},
};

use crate::{
    cache, count,
    frame::{Frame, Written},
    policy_set::PolicySet,
    socket::Socket,
    verifier,
};

/// Reads, decides, rewrites and counts.
#[inline(always)]
pub(crate) fn classify(ctx: &TcContext, link_length: u32) -> Result<(), Unreadable> {
    let frame = Frame::new(ctx);
    let mut packet = wire::read(&frame, link_length)?;
    packet.offset ^= verifier::zero();
    packet.flow = verifier::forget(packet.flow);
    let action = decide(ctx, packet.flow);
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

/// The action for `flow`: the one that its socket remembers, or the first match in the set.
#[inline(always)]
fn decide(ctx: &TcContext, flow: Flow) -> Action {
    let Some(set) = PolicySet::current() else { return Action::NONE };
    let socket = Socket::of(ctx);
    let Some(sender) = socket else { return set.find(&flow, socket) };
    let flow = verifier::forget(sender.with_ports(flow));
    let user = if set.uses(Dimension::User) { sender.uid() } else { 0 };
    let question = Question { generation: set.word(layout::GENERATION), flow: &flow, user };
    if let Some(action) = cache::recall(&sender, &question) {
        return action;
    }
    let action = set.find(&flow, socket);
    cache::remember(&sender, &question, action);
    action
}
