//! The vectors of what a packet's connection asks for, or was asked for.

use core::ffi::c_void;

use aya_ebpf::{bindings::__sk_buff, helpers::generated::bpf_loop};
use qos_common::{
    flow::Flow,
    policy_set::{Dimension, names, url},
    request::Request,
};

use super::state;
use crate::{
    policy_set::{Handle, PolicySet},
    privilege::PERFMON,
    requests::{Way, copy_known},
    socket::Holder,
};

/// What is searched for, and how far the search is.
#[repr(C)]
pub(super) struct Asking {
    /// 1 if `request` is the packet's, else 0.
    known: u64,
    pub(super) request: Request,
    url: url::Search,
    name: names::Search,
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
    let Some(socket) = Holder::of(skb).and_then(Holder::full) else { return 0 };
    let Some(way) = copy_known(socket, flow.is_ipv6(), &mut state.asking.request) else { return 0 };
    // If it is another one by now, the answer is not remembered.
    state.request = state.asking.request.version;
    if way == Way::Received {
        let asking = &mut state.asking;
        asking.url = url::Search::new(&set, &asking.request, flow.ports.source);
        // SAFETY: the callback's type is what the helper calls, and the state outlives the call.
        unsafe {
            let mut each = Each { asking, set };
            bpf_loop(url::MAX_STEPS, url_step as *mut c_void, (&raw mut each).cast(), 0);
        }
        state.sent.url = state.asking.url.vectors();
    } else if names::says(&state.asking.request) {
        let asking = &mut state.asking;
        asking.name = names::Search::new(&set);
        // SAFETY: as above.
        unsafe {
            let mut each = Each { asking, set };
            bpf_loop(names::MAX_STEPS, name_step as *mut c_void, (&raw mut each).cast(), 0);
        }
        state.sent.name = state.asking.name.vector();
    }
    state.asking.known = 1;
    0
}

/// What a callback is given.
struct Each {
    asking: *mut Asking,
    set: PolicySet,
}

/// One step of the search for a URL; 1 ends the loop.
unsafe extern "C" fn url_step(_index: u64, each: *mut Each) -> i64 {
    // SAFETY: `qos_request` passes its own.
    let Each { asking, set } = unsafe { &*each };
    // SAFETY: as above.
    let Asking { request, url, .. } = unsafe { &mut **asking };
    i64::from(url.step(set, request))
}

/// One step of the search for a name; 1 ends the loop.
unsafe extern "C" fn name_step(_index: u64, each: *mut Each) -> i64 {
    // SAFETY: `qos_request` passes its own.
    let Each { asking, set } = unsafe { &*each };
    // SAFETY: as above.
    let Asking { request, name, .. } = unsafe { &mut **asking };
    i64::from(name.step(set, request))
}
