//! Tells the loader of flows that were matched anew: of all while somebody watches, and else of those whose
//! policy names hosts.

use core::intrinsics::{AtomicOrdering, atomic_xadd};

use aya_ebpf::{
    bindings::{__sk_buff, bpf_hdr_start_off::BPF_HDR_START_NET},
    btf_maps::{Array, LruHashMap, RingBuf},
    helpers::generated::{
        bpf_get_socket_cookie, bpf_ktime_get_boot_ns, bpf_skb_load_bytes_relative,
    },
    macros::btf_map,
};
use qos_common::{
    action::Action,
    cache::Question,
    classified::{
        self, ACTION, COOKIE, DESTINATION, EXECUTABLE, HEADERS, HOST, Headers, LABELS, LOST,
        NOBODY, OWNER, PORTS, REPORTS_ALL, SOURCE, TIME, WORDS,
    },
    dscp::Dscp,
    executable::mix,
    flow::Flow,
    request::MAX_LABELS,
};

use super::{Matching, state};
use crate::{marking, privilege::PERFMON, sender, socket::Holder};

/// Bytes: some thousand flows, until the loader has read them.
const ROOM: usize = 1 << 18;

#[btf_map]
static REPORTING: Array<u64, { classified::REPORTING as usize }> = Array::new();

#[btf_map]
static CLASSIFIED: RingBuf<[u64; WORDS], ROOM> = RingBuf::new();

/// What was told of a flow last: flows that no cache answers are matched with each packet.
#[btf_map]
static REPORTED: LruHashMap<u64, u64, 8192> = LruHashMap::new();

/// Tells of `flow` and its `action`, if anybody wants to know. `has_request` says whether the request of its
/// connection was found.
#[inline(always)]
pub(super) fn report(skb: *mut __sk_buff, flow: &Flow, action: Action, has_request: bool) {
    let all = REPORTING.get(REPORTS_ALL).is_some_and(|all| *all != 0);
    if all || action.names_host() {
        qos_report(skb, flow, action.word(), has_request.into());
    }
}

/// What [`report`] does.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_report(
    skb: *mut __sk_buff,
    flow: *const Flow,
    action: u64,
    has_request: u64,
) -> u64 {
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return 0 };
    let Some(state) = state() else { return 0 };
    // SAFETY: the context is valid while the program runs.
    let cookie = unsafe { bpf_get_socket_cookie(skb.cast()) };
    let labels = if has_request == 0 { 0 } else { state.asking.request.labels };
    let host = if labels == 0 { 0 } else { state.asking.request.suffixes[0] };
    let key = mix(Question { generation: 0, flow, sender: 0 }.tag(), cookie);
    let told = mix(action, host);
    // SAFETY: what is found is only read, and any value will do.
    if unsafe { REPORTED.get(key) }.is_some_and(|before| *before == told) {
        return 0;
    }
    let Some(mut entry) = CLASSIFIED.reserve(0) else {
        count_lost();
        return 0;
    };
    let words: *mut u64 = entry.as_mut_ptr().cast();
    // SAFETY: the entry has so many words, and each is written.
    let store = |index: usize, word: u64| unsafe { words.add(index).write_volatile(word) };
    // SAFETY: the helper has no conditions.
    store(TIME, unsafe { bpf_ktime_get_boot_ns() });
    store(ACTION, action);
    store(COOKIE, cookie);
    store(SOURCE, flow.source.0[0]);
    store(SOURCE + 1, flow.source.0[1]);
    store(DESTINATION, flow.destination.0[0]);
    store(DESTINATION + 1, flow.destination.0[1]);
    store(PORTS, u64::from(flow.ports.source) << 32 | u64::from(flow.ports.destination));
    store(HEADERS, headers(skb, flow, Action::from_word(action)).word());
    store(OWNER, owner(skb, state));
    let is_known = PERFMON && state.identity.version != 0;
    store(EXECUTABLE, if is_known { state.identity.executable.path } else { 0 });
    store(EXECUTABLE + 1, if is_known { state.identity.executable.name } else { 0 });
    store(LABELS, labels.into());
    for label in 0..MAX_LABELS {
        store(HOST + label, state.asking.request.suffixes[label]);
    }
    entry.submit(0);
    // A full table only tells of a flow twice.
    REPORTED.insert(key, told, 0).ok();
    0
}

#[inline(always)]
fn headers(skb: *mut __sk_buff, flow: &Flow, action: Action) -> Headers {
    let before = before(skb, flow);
    // SAFETY: the context is valid while the program runs.
    let interface = unsafe { (*skb).ifindex };
    #[expect(clippy::cast_possible_truncation, reason = "a protocol has 8 bits")]
    let protocol = flow.protocol as u8;
    let is_for = |_: &Dscp| marking::is_for(skb, action, || before.unwrap_or_default());
    let given = action.dscp().filter(is_for);
    Headers { interface, version: flow.version, protocol, before, given }
}

/// The DSCP in the packet's IP header, if that is where the kernel says.
#[inline(always)]
fn before(skb: *mut __sk_buff, flow: &Flow) -> Option<Dscp> {
    const LENGTH: u32 = 4;
    let mut header = [0_u8; LENGTH as usize];
    let to = header.as_mut_ptr().cast();
    // SAFETY: the memory has so many bytes.
    let failed =
        unsafe { bpf_skb_load_bytes_relative(skb.cast(), 0, to, LENGTH, BPF_HDR_START_NET) };
    let [first, second, ..] = header;
    let (version, class) = if flow.is_ipv6() { (6, first << 4 | second >> 4) } else { (4, second) };
    (failed == 0 && first >> 4 == version).then(|| Dscp::of_traffic_class(class))
}

#[inline(always)]
fn owner(skb: *mut __sk_buff, state: &Matching) -> u64 {
    let user = Holder::of(skb).and_then(Holder::full).map_or(NOBODY, sender::owner);
    let identity = &state.identity;
    let process = if PERFMON && identity.version != 0 { identity.process.image >> 32 } else { 0 };
    process << 32 | u64::from(user)
}

#[inline(always)]
fn count_lost() {
    if let Some(lost) = REPORTING.get_ptr_mut(LOST) {
        // SAFETY: the map's element is valid.
        unsafe { atomic_xadd::<u64, u64, { AtomicOrdering::Relaxed }>(lost, 1) };
    }
}
