//! The first rule of a policy set that a packet satisfies.

use core::ffi::c_void;

use aya_ebpf::{
    bindings::__sk_buff, btf_maps::PerCpuArray, helpers::generated::bpf_loop, macros::btf_map,
};
use qos_common::{
    action::Action,
    cache::SocketEntry,
    flow::Flow,
    identity::{GROUP_WORDS, GroupBits, Identity, MAX_GROUPS},
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
    count,
    policy_set::{PolicySet, Words},
    sender::Sender,
    socket::Holder,
};

/// What has no room on the stack. Softirqs are off while a packet leaves, so that no other packet
/// comes between on this CPU.
#[btf_map]
static MATCHING: PerCpuArray<Matching, 1> = PerCpuArray::new();

/// The state of a search for a rule.
#[repr(C)]
pub(crate) struct Matching {
    scan: Scan,
    sent: SenderVectors,
    /// The sender's groups that were not scanned for yet.
    groups: GroupBits,
    identity: Identity,
}

/// The action of the first rule of `set` that `flow` satisfies, in the packet `skb`, with whose socket
/// there is what is `stored`; and the version of the identity by which it was found, 0 if the sender
/// is not known.
#[inline(always)]
pub(crate) fn find(
    set: PolicySet,
    skb: *mut __sk_buff,
    flow: &Flow,
    stored: *mut SocketEntry,
) -> (Action, u64) {
    let Some(state) = MATCHING.get_ptr_mut(0) else { return (Action::NONE, 0) };
    if set.asks_sender() {
        qos_sender(skb, set.words(), stored, state);
    }
    // SAFETY: a per-CPU element is this CPU's alone while the program runs.
    let state = unsafe { &mut *state };
    if !set.asks_sender() {
        state.know_nothing(set);
    }
    state.scan = Scan::new(&set, lookup::vectors(&set, flow, state.sent));
    if state.groups == [0; GROUP_WORDS] {
        qos_scan(set.words(), state);
    } else {
        let mut each = Each { state, set };
        // SAFETY: the callback's type is what the helper calls, and the state outlives the call.
        unsafe {
            bpf_loop(MAX_GROUPS, group_step as *mut c_void, (&raw mut each).cast(), 0);
        }
    }
    let action = state.scan.found().map_or(Action::NONE, |rule| action(&set, rule));
    (action, state.identity.version)
}

impl Matching {
    /// For a packet of which no sender is known.
    #[inline(always)]
    fn know_nothing(&mut self, set: PolicySet) {
        (self.identity.version, self.groups) = (0, [0; GROUP_WORDS]);
        let cgroup = Search::new(&set).vector(&set);
        self.sent = SenderVectors::new(&set, &None::<Sender>, cgroup);
    }
}

/// Puts into `state` what is known of the sender of the packet `skb`. `entry` is the storage of its
/// socket, or null.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_sender(
    skb: *mut __sk_buff,
    words: *const Words,
    entry: *mut SocketEntry,
    state: *mut Matching,
) -> u64 {
    // SAFETY: the verifier lets only a state or null be passed.
    let Some(state) = (unsafe { state.as_mut() }) else { return 0 };
    // SAFETY: as above.
    let Some(set) = (unsafe { PolicySet::from_words(words) }) else { return 0 };
    let Some(socket) = Holder::of(skb).and_then(Holder::full) else {
        count::no_sender(skb);
        state.know_nothing(set);
        return 0;
    };
    // SAFETY: the verifier lets only an entry or null be passed.
    let stored = unsafe { Stored::from_ptr(entry) };
    if let Some(stored) = stored.or_else(|| Stored::of_full(socket)) {
        stored.copy_identity(&mut state.identity);
    } else {
        state.identity.version = 0;
    }
    if !state.identity.is_whole() {
        (state.identity.version, state.identity.groups) = (0, [0; GROUP_WORDS]);
        // By such ones the kernel sends in place of sockets that are gone.
        if set.asks_process() && socket.is_raw() {
            count::no_sender(skb);
        }
    }
    let sender = Sender::new(socket, &state.identity, set.uses(Dimension::Cgroup));
    state.sent = SenderVectors::new(&set, &sender, cgroup(set, sender));
    state.groups = if set.uses(Dimension::Group) { sender.groups() } else { [0; GROUP_WORDS] };
    0
}

/// The vector of the sender's cgroup.
#[inline(always)]
fn cgroup(set: PolicySet, sender: Sender) -> u32 {
    let search = Search::new(&set);
    if !set.uses(Dimension::Cgroup) {
        return search.vector(&set);
    }
    let mut state = Searching { search, set, sender };
    // SAFETY: as in `find`.
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
    // SAFETY: `find` passes its own.
    let Each { state, set } = unsafe { &*each };
    // SAFETY: as above.
    let state = unsafe { &mut **state };
    let Some(bit) = lookup::take_group(&mut state.groups) else { return 1 };
    state.scan.restart_in_group(set, bit);
    qos_scan(set.words(), state);
    i64::from(state.groups == [0; GROUP_WORDS])
}

/// Scans until a rule is found, or there is none.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_scan(words: *const Words, state: *mut Matching) -> u64 {
    // SAFETY: the verifier lets only a state or null be passed.
    let Some(state) = (unsafe { state.as_mut() }) else { return 0 };
    // SAFETY: as above.
    let Some(set) = (unsafe { PolicySet::from_words(words) }) else { return 0 };
    // Most scans are over soon, and a step in a callback costs more.
    for _step in 0..3 {
        if state.scan.step(&set) {
            return 0;
        }
    }
    let mut each = Each { state, set };
    // SAFETY: as in `find`.
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
