//! What a policy set has for a request.

use core::ffi::c_void;

use aya_ebpf::helpers::generated::bpf_loop;
use qos_common::{
    policy_set::{names, url},
    request::Request,
};

use crate::policy_set::PolicySet;

/// A search in `set` for `request`.
struct Searching<S> {
    search: S,
    set: PolicySet,
    request: *const Request,
}

/// The vectors of what is asked of the server at `port`.
#[inline(always)]
pub(crate) fn url(set: PolicySet, request: &Request, port: u32) -> url::Vectors {
    let search = url::Search::new(&set, request, port);
    let mut searching = Searching { search, set, request };
    // SAFETY: the callback's type is what the helper calls, and the state outlives the call.
    unsafe { bpf_loop(url::MAX_STEPS, url_step as *mut c_void, (&raw mut searching).cast(), 0) };
    searching.search.vectors()
}

/// The vector of the name of whom is asked.
#[inline(always)]
pub(crate) fn name(set: PolicySet, request: &Request) -> u32 {
    let mut searching = Searching { search: names::Search::new(&set), set, request };
    // SAFETY: as in `url`.
    unsafe { bpf_loop(names::MAX_STEPS, name_step as *mut c_void, (&raw mut searching).cast(), 0) };
    searching.search.vector()
}

/// One step of the search for a URL; 1 ends the loop.
unsafe extern "C" fn url_step(_index: u64, state: *mut Searching<url::Search>) -> i64 {
    // SAFETY: `url` passes its own.
    let Searching { search, set, request } = unsafe { &mut *state };
    // SAFETY: the request outlives the search.
    i64::from(search.step(set, unsafe { &**request }))
}

/// One step of the search for a name; 1 ends the loop.
unsafe extern "C" fn name_step(_index: u64, state: *mut Searching<names::Search>) -> i64 {
    // SAFETY: `name` passes its own.
    let Searching { search, set, request } = unsafe { &mut *state };
    // SAFETY: as above.
    i64::from(search.step(set, unsafe { &**request }))
}
