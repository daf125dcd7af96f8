//! A packet's way through the program, in one screen.

use aya_ebpf::programs::TcContext;
use aya_log_ebpf::{trace, warn};
use qos_common::{
    action::Action,
    cache::Question,
    flow::Flow,
    policy_set::{Dimension, Image as _, layout},
    wire::{self, Unreadable, ports},
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
    let flow = verifier::forget(with_ports(flow, &sender));
    let user = if set.uses(Dimension::User) { sender.uid() } else { 0 };
    let question = Question { generation: set.word(layout::GENERATION), flow: &flow, user };
    if let Some(action) = cache::recall(&sender, &question) {
        return action;
    }
    let action = set.find(&flow, socket);
    cache::remember(&sender, &question, action);
    action
}

/// `flow` with the ports of its datagram, or else of its socket, if it is a fragment without them.
#[inline(always)]
fn with_ports(flow: Flow, socket: &Socket) -> Flow {
    if !flow.fragment.later || !ports::has_ports(flow.protocol) {
        return flow;
    }
    let ports = cache::datagram_ports(socket, &flow);
    Flow { ports: ports.unwrap_or_else(|| socket.ports(flow.protocol)), ..flow }
}
