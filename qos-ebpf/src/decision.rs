//! What becomes of a packet: what its socket remembers, or the table of flows, or what the policy set
//! says.
//!
//! What is rare is in global functions: the verifier walks each once, whatever leads to it, and knows
//! nothing of its arguments; and its stack is free for the next.

use core::ptr::null_mut;

use aya_ebpf::{bindings::__sk_buff, programs::TcContext};
use qos_common::{
    action::Action,
    cache::{Question, SocketEntry},
    flow::{Flow, Ports},
};

use crate::{
    cache::{flows::Place, socket::Stored},
    matching,
    policy_set::PolicySet,
    socket::Holder,
};

/// The action for a packet of `flow`.
#[inline(always)]
pub(crate) fn decide(ctx: &TcContext, flow: &Flow) -> Action {
    let Some(set) = PolicySet::current() else { return Action::NONE };
    let skb = ctx.skb.skb;
    let holder = Holder::of(skb);
    let stored = holder.and_then(Stored::of);
    if let Some(stored) = stored
        && let Some(action) = stored.recall(&set.question(flow, holder, Some(stored)))
    {
        return action;
    }
    let entry = stored.map_or(null_mut(), Stored::as_ptr);
    let keeps = set.keeps_flow(flow, holder);
    if keeps {
        let known = qos_known(skb, flow, entry);
        if known != UNKNOWN {
            return Action::from_word(known);
        }
    }
    let action = matching::find(set, skb, flow, entry);
    if keeps {
        qos_keep(flow, action, set.generation());
    }
    Action::from_word(action)
}

/// Gives `flow` the ports that a later fragment does not carry.
#[inline(always)]
pub(crate) fn find_ports(skb: *mut __sk_buff, flow: &mut Flow) {
    if flow.fragment.is_later() && flow.has_ports() {
        flow.ports = unpacked(qos_ports(skb, flow));
    }
}

/// The ports for `flow`, of a fragment without them: those of its datagram, or else of its socket.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_ports(skb: *mut __sk_buff, flow: *const Flow) -> u64 {
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return packed(Ports::NONE) };
    let holder = Holder::of(skb);
    let of_datagram = || holder.and_then(Stored::of)?.datagram_ports(flow);
    let of_socket = || Some(holder?.full()?.ports(flow.protocol));
    packed(of_datagram().or_else(of_socket).unwrap_or(Ports::NONE))
}

/// Both ports in a word.
#[inline(always)]
fn packed(ports: Ports) -> u64 {
    u64::from(ports.source) << 32 | u64::from(ports.destination)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the halves of a word")]
const fn unpacked(word: u64) -> Ports {
    Ports { source: (word >> 32) as u32, destination: word as u32 }
}

/// Not the word of an action.
const UNKNOWN: u64 = u64::MAX;

/// The word of the action that the table of flows has for `flow`, or [`UNKNOWN`]. The packet's socket
/// remembers it, as for [`matching::find`].
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_known(skb: *mut __sk_buff, flow: *const Flow, entry: *mut SocketEntry) -> u64 {
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return UNKNOWN };
    let Some(set) = PolicySet::current() else { return UNKNOWN };
    let question = set.question(flow, None, None);
    let known = Place::of(&question).and_then(|place| place.recall(&question));
    let Some(action) = known else { return UNKNOWN };
    remember(skb, entry, &question, action);
    action.word()
}

/// Keeps the action of this word in the table of flows, under the generation that was in force before
/// it was looked up: if another set came meanwhile, nobody asks for that any more.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_keep(flow: *const Flow, action: u64, generation: u64) -> u64 {
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return UNKNOWN };
    let question = Question { generation, flow, sender: 0 };
    if let Some(place) = Place::of(&question) {
        place.remember(&question, Action::from_word(action));
    }
    action
}

/// Has the packet's socket, if there is one, remember `action`.
#[inline(always)]
pub(crate) fn remember(
    skb: *mut __sk_buff,
    entry: *mut SocketEntry,
    question: &Question<'_>,
    action: Action,
) {
    if let Some(holder) = Holder::of(skb) {
        // SAFETY: the verifier lets only an entry or null be passed.
        let stored = unsafe { Stored::from_ptr(entry) };
        Stored::remember(stored, holder, question, action);
    }
}
