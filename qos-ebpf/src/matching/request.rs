//! The vectors of what a packet's connection asks for, or was asked for.

use aya_ebpf::bindings::__sk_buff;
use qos_common::{
    flow::Flow,
    policy_set::{Dimension, asked::Asked, names},
    request::Request,
};

use super::{Matching, state};
use crate::{
    policy_set::{Handle, PolicySet},
    privilege::PERFMON,
    requests::{Way, copy_known, search},
    socket::Holder,
};

/// What a packet's connection asks for.
#[repr(C)]
pub(super) struct Asking {
    /// 1 if `request` is the packet's, else 0.
    known: u64,
    pub(super) request: Request,
}

impl Asking {
    /// Whether a request was found for the packet that was looked at last.
    #[inline(always)]
    pub(super) const fn is_known(&self) -> bool {
        self.known != 0
    }
}

impl PolicySet {
    /// Whether some rule looks at requests.
    #[inline(always)]
    pub(super) fn asks_request(self) -> bool {
        PERFMON && (self.uses(Dimension::UrlHost) || self.uses(Dimension::Host))
    }
}

/// Finds the vectors for the connection that the packet `skb` of `flow` belongs to, if anything is known of it.
#[unsafe(no_mangle)]
#[inline(never)]
pub(super) extern "C" fn qos_request(
    skb: *mut __sk_buff,
    handle: Handle,
    flow: *const Flow,
) -> u64 {
    let (Some(set), Some(state)) = (PolicySet::of(handle), state()) else { return 0 };
    state.asking.known = 0;
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return 0 };
    let asked = ask(skb, set, flow, state).unwrap_or_default();
    // If it is another request by now, the answer is not remembered.
    if !asked.is_known_by(state.request) {
        state.request = asked.version;
    }
    0
}

#[inline(always)]
fn ask(skb: *mut __sk_buff, set: PolicySet, flow: &Flow, state: &mut Matching) -> Option<Asked> {
    let socket = Holder::of(skb)?.full()?;
    let way = copy_known(socket, flow.is_ipv6(), &mut state.asking.request)?;
    state.asking.known = 1;
    let request = &state.asking.request;
    if way == Way::Received {
        let vectors = search::url(set, request, flow.ports.source);
        state.sent.url = vectors;
        return Some(Asked::received(set.generation(), vectors, request));
    }
    if names::says(request) {
        state.sent.name = search::name(set, request);
    }
    Some(Asked::sent(set.generation(), request))
}
