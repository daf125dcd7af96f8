//! The first rule of a policy set that a packet satisfies.

mod report;
mod request;

use core::ffi::c_void;

use aya_ebpf::{
    bindings::__sk_buff, btf_maps::PerCpuArray, helpers::generated::bpf_loop, macros::btf_map,
};
use qos_common::{
    action::Action,
    cache::{Question, SocketEntry},
    flow::Flow,
    identity::{GroupBits, Identity, MAX_GROUPS},
    policy_set::{
        Dimension, action,
        cgroup::{MAX_LEVELS, Search},
        lookup::{self, SenderVectors},
        scan::{self, Scan},
    },
    sender::Sender as _,
};

use crate::{
    cache::socket::Stored,
    decision::remember,
    nobody,
    policy_set::{Handle, PolicySet},
    privilege::PERFMON,
    sender::Sender,
    socket::Holder,
    verifier::clear,
};
use request::Asking;

/// What has no room on the stack. Softirqs are off while a packet leaves, so that no other packet
/// comes between on this CPU.
#[btf_map]
static MATCHING: PerCpuArray<Matching, 1> = PerCpuArray::new();

/// The state of a search for a rule.
#[repr(C)]
pub(crate) struct Matching {
    scan: Scan,
    /// The number of the sender that the packet's question is about.
    asked: u64,
    sent: SenderVectors,
    /// The sender's groups that were not scanned for yet.
    groups: GroupBits,
    identity: Identity,
    /// The number of the sender's request. Not beside `asked`, or the compiler would call a function
    /// that clears both byte by byte.
    request: u64,
    asking: Asking,
}

/// The word of the action of the first rule of `set` that `flow` satisfies, in the packet `skb`. Its
/// socket remembers it; `entry` is the socket's storage, or null.
#[inline(always)]
pub(crate) fn find(
    set: PolicySet,
    skb: *mut __sk_buff,
    flow: &Flow,
    entry: *mut SocketEntry,
) -> u64 {
    let found = find_in(set, skb, flow, entry);
    if PERFMON || found != REPLACED {
        return found;
    }
    // The loader waits for this program before it replaces a set again.
    let found = PolicySet::current().map_or(REPLACED, |set| find_in(set, skb, flow, entry));
    if found == REPLACED { Action::NONE.word() } else { found }
}

/// What [`find_in`] returns if there is another set in force by now. Not the word of an action.
const REPLACED: u64 = u64::MAX;

/// What [`find`] does. Global functions one after the other: what one called the other would take too
/// much stack.
#[inline(always)]
fn find_in(set: PolicySet, skb: *mut __sk_buff, flow: &Flow, entry: *mut SocketEntry) -> u64 {
    let handle = set.handle();
    if set.asks_sender() && qos_sender(skb, handle, entry) == NOBODY {
        nobody::qos_nobody(skb);
    }
    if set.asks_request() {
        request::qos_request(skb, handle, flow);
    }
    qos_prepare(handle, flow);
    qos_search(handle);
    qos_answer(skb, handle, flow, entry)
}

/// This CPU's state.
#[inline(always)]
fn state() -> Option<&'static mut Matching> {
    let state = MATCHING.get_ptr_mut(0)?;
    // SAFETY: a per-CPU element is this CPU's alone while the program runs, and only one function has
    // it at a time.
    Some(unsafe { &mut *state })
}

/// Makes the search ready for `flow`.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_prepare(handle: Handle, flow: *const Flow) -> u64 {
    let (Some(set), Some(state)) = (PolicySet::of(handle), state()) else { return 0 };
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return 0 };
    if !set.asks_sender() {
        state.asked = 0;
        state.know_nothing(set);
    }
    state.scan = Scan::new(lookup::vectors(&set, flow, state.sent));
    0
}

/// Searches, for each of the sender's groups.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_search(handle: Handle) -> u64 {
    let (Some(set), Some(state)) = (PolicySet::of(handle), state()) else { return 0 };
    if !PERFMON || lookup::is_empty(&state.groups) {
        return qos_scan(handle, state);
    }
    let mut each = Each { state, set };
    // SAFETY: the callback's type is what the helper calls, and the state outlives the call.
    unsafe {
        bpf_loop(MAX_GROUPS, group_step as *mut c_void, (&raw mut each).cast(), 0);
    }
    0
}

/// The word of the action that was found, which who wants to know is told; the packet's socket, if there is
/// one, remembers it from now on.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_answer(
    skb: *mut __sk_buff,
    handle: Handle,
    flow: *const Flow,
    entry: *mut SocketEntry,
) -> u64 {
    let (Some(set), Some(state)) = (PolicySet::of(handle), state()) else { return REPLACED };
    // SAFETY: the verifier lets only a flow or null be passed.
    let Some(flow) = (unsafe { flow.as_ref() }) else { return Action::NONE.word() };
    let action = action(&set, state.scan.found());
    let holder = Holder::of(skb);
    let sender = set.sender(holder, state.identity.version, state.request);
    // Else the sender changed meanwhile.
    if sender == state.asked {
        let question = Question { generation: set.generation(), flow, sender };
        remember(skb, entry, &question, action);
    }
    let host = set.asks_request() && state.asking.is_known();
    report::report(skb, flow, action, host);
    action.word()
}

impl Matching {
    /// For a packet of which no sender is known.
    #[inline(always)]
    fn know_nothing(&mut self, set: PolicySet) {
        (self.identity.version, self.request) = (0, 0);
        clear_groups(&mut self.groups);
        let cgroup = Search::new(&set).vector(&set);
        self.sent = SenderVectors::new(&set, &None::<Sender>, cgroup);
    }
}

#[inline(always)]
fn clear_groups(groups: &mut GroupBits) {
    // SAFETY: they are words.
    unsafe { clear(groups) };
}

/// What [`qos_sender`] returns if no program sends the packet.
const NOBODY: u64 = 1;

/// Finds out what is known of the sender of the packet `skb`. `entry` is the storage of its socket, or
/// null.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_sender(skb: *mut __sk_buff, handle: Handle, entry: *mut SocketEntry) -> u64 {
    let (Some(set), Some(state)) = (PolicySet::of(handle), state()) else { return 0 };
    let holder = Holder::of(skb);
    // SAFETY: the verifier lets only an entry or null be passed.
    let stored = unsafe { Stored::from_ptr(entry) };
    state.request = stored.map_or(0, |stored| stored.request(set.generation()));
    state.asked = set.sender(holder, stored.map_or(0, Stored::sender), state.request);
    let Some(socket) = holder.and_then(Holder::full) else {
        state.know_nothing(set);
        return NOBODY;
    };
    if PERFMON && let Some(stored) = stored.or_else(|| Stored::of_full(socket)) {
        stored.copy_identity(&mut state.identity);
    } else {
        state.identity.version = 0;
    }
    if !PERFMON || !state.identity.is_whole() {
        state.identity.version = 0;
        clear_groups(&mut state.identity.groups);
    }
    let sender = Sender::new(socket, &state.identity, set.uses(Dimension::Cgroup));
    state.sent = SenderVectors::new(&set, &sender, cgroup(set, sender));
    if PERFMON && set.uses(Dimension::Group) {
        state.groups = sender.groups();
    } else {
        clear_groups(&mut state.groups);
    }
    // By raw sockets of its own the kernel sends in place of those that are gone.
    let is_kernels = state.identity.version == 0 && set.asks_process() && socket.is_raw();
    if is_kernels { NOBODY } else { 0 }
}

/// The vector of the sender's cgroup.
#[inline(always)]
fn cgroup(set: PolicySet, sender: Sender) -> u32 {
    let search = Search::new(&set);
    if !set.uses(Dimension::Cgroup) {
        return search.vector(&set);
    }
    let mut state = Searching { search, set, sender };
    // SAFETY: as in `qos_search`.
    unsafe {
        bpf_loop(MAX_LEVELS, search_step as *mut c_void, (&raw mut state).cast(), 0);
    }
    state.search.vector(&set)
}

struct Searching {
    search: Search,
    set: PolicySet,
    sender: Sender,
}

/// One step of the search for a cgroup; 1 ends the loop.
unsafe extern "C" fn search_step(_index: u64, state: *mut Searching) -> i64 {
    // SAFETY: `cgroup` passes its own state.
    let state = unsafe { &mut *state };
    i64::from(state.search.step(&state.set, &state.sender))
}

/// What a callback is given: a state that is not on the stack, and the set.
struct Each {
    state: *mut Matching,
    set: PolicySet,
}

/// Scans for one of the sender's groups; 1 ends the loop.
unsafe extern "C" fn group_step(_index: u64, each: *mut Each) -> i64 {
    // SAFETY: `qos_search` passes its own.
    let Each { state, set } = unsafe { &*each };
    // SAFETY: as above.
    let state = unsafe { &mut **state };
    let Some(bit) = lookup::take_group(&mut state.groups) else { return 1 };
    state.scan.restart_in_group(set, bit);
    qos_scan(set.handle(), state);
    i64::from(lookup::is_empty(&state.groups))
}

/// Scans until a rule is found, or there is none.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_scan(handle: Handle, state: *mut Matching) -> u64 {
    // SAFETY: the verifier lets only a state or null be passed.
    let Some(state) = (unsafe { state.as_mut() }) else { return 0 };
    let Some(set) = PolicySet::of(handle) else { return 0 };
    // Most scans are over soon, and a step in a callback costs more.
    if PERFMON {
        for _step in 0..3 {
            if state.scan.step(&set) {
                return 0;
            }
        }
    }
    let mut each = Each { state, set };
    // SAFETY: as in `qos_search`.
    unsafe {
        bpf_loop(scan::MAX_STEPS, scan_step as *mut c_void, (&raw mut each).cast(), 0);
    }
    0
}

/// One step of a scan; 1 ends the loop.
unsafe extern "C" fn scan_step(_index: u64, each: *mut Each) -> i64 {
    // SAFETY: `qos_scan` passes its own.
    let Each { state, set } = unsafe { &*each };
    // SAFETY: as above.
    i64::from(unsafe { (**state).scan.step(set) })
}
