//! What becomes of a packet: what its socket remembers, or what the policy set says.

use core::ptr::null_mut;

use aya_ebpf::{bindings::__sk_buff, programs::TcContext};
use qos_common::{
    action::Action,
    cache::Entry,
    flow::{Flow, Ports},
    wire::ports,
};

use crate::{cache::Stored, policy_set::PolicySet, socket::Holder};

/// The action for a packet of `flow`.
#[inline(always)]
pub(crate) fn decide(ctx: &TcContext, flow: Flow) -> Action {
    let Some(set) = PolicySet::current() else { return Action::NONE };
    let skb = ctx.skb.skb;
    let Some(holder) = Holder::of(skb) else {
        return Action::from_word(qos_match(skb, &raw const flow, null_mut()));
    };
    let stored = Stored::of(holder);
    let flow = if flow.fragment.later { with_ports(flow, holder, stored) } else { flow };
    if let Some(action) = stored.and_then(|stored| stored.recall(&set.question(&flow, holder))) {
        return action;
    }
    let entry = stored.map_or(null_mut(), Stored::as_ptr);
    Action::from_word(qos_match(skb, &raw const flow, entry))
}

/// `flow` with the ports of its datagram, or else of its socket, if it is a fragment without them.
#[inline(always)]
fn with_ports(flow: Flow, holder: Holder, stored: Option<Stored>) -> Flow {
    if !ports::has_ports(flow.protocol) {
        return flow;
    }
    let ports = stored.and_then(|stored| stored.datagram_ports(&flow));
    let ports = ports.or_else(|| Some(holder.full()?.ports(flow.protocol)));
    Flow { ports: ports.unwrap_or(Ports::NONE), ..flow }
}

/// The word of the action that the policy set has for `flow`, which the packet's socket, if there is
/// one, remembers from now on; `entry` is its storage, or null if there is none yet.
///
/// A global function: the verifier walks it once, whatever leads to it, and knows nothing of its
/// arguments.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_match(skb: *mut __sk_buff, flow: *const Flow, entry: *mut Entry) -> u64 {
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return Action::NONE.word() };
    let Some(set) = PolicySet::current() else { return Action::NONE.word() };
    let holder = Holder::of(skb);
    let action = set.find(flow, holder);
    if let Some(holder) = holder {
        // SAFETY: the verifier lets only an entry or null be passed.
        let stored = unsafe { Stored::from_ptr(entry) };
        Stored::remember(stored, holder, &set.question(flow, holder), action);
    }
    action.word()
}
