//! The policy set that is in force: one load from the outer map, then plain memory.

use core::ffi::c_void;

use aya_ebpf::{
    bindings::BPF_F_MMAPABLE,
    btf_maps::{Array, ArrayOfMaps},
    helpers::generated::bpf_loop,
    macros::btf_map,
};
use qos_common::{
    action::Action,
    cache::Question,
    flow::Flow,
    policy_set::{
        Dimension, IMAGE_WORDS, Image, action,
        cgroup::{MAX_LEVELS, Search},
        layout, lookup,
        scan::{self, Scan},
    },
    sender::Sender as _,
};

use crate::{
    socket::{Holder, Socket},
    verifier,
};

/// An image is a plain array of words: Linux 6.1 refuses a struct as the inner map's value.
type ImageMap = Array<[u64; IMAGE_WORDS], 1, { BPF_F_MMAPABLE as usize }>;

/// The set in force. The loader replaces it by one update, so that a packet sees the old set or
/// the new one.
#[btf_map]
static POLICY_SET: ArrayOfMaps<ImageMap, 1> = ArrayOfMaps::new();

/// The words of the set in force.
#[derive(Clone, Copy)]
pub(crate) struct PolicySet(*const u64);

impl PolicySet {
    /// The set in force, if there is one.
    #[inline(always)]
    pub(crate) fn current() -> Option<Self> {
        let image = POLICY_SET.get(0)?.get_ptr(0)?;
        Some(Self(image.cast()))
    }

    /// What a packet of `flow` asks the caches.
    #[inline(always)]
    pub(crate) fn question(self, flow: &Flow, holder: Option<Holder>) -> Question<'_> {
        let user = holder.filter(|_| self.uses(Dimension::User)).map(Holder::uid);
        Question { generation: self.word(layout::GENERATION), flow, user }
    }

    /// Whether the table of flows may answer for `flow`: it knows of no sender and of no fragments,
    /// and a socket with a peer knows its answer itself.
    #[inline(always)]
    pub(crate) fn keeps_flow(self, flow: &Flow, holder: Option<Holder>) -> bool {
        let is_connected = holder.is_some_and(Holder::is_connected);
        self.word(layout::KEEPS_FLOWS) != 0
            && flow.fragment.datagram == 0
            && !is_connected
            && (holder.is_none() || !self.asks_sender())
    }

    /// The action of the first rule that `flow` satisfies, sent by the socket of `holder`.
    #[inline(always)]
    pub(crate) fn find(self, flow: &Flow, holder: Option<Holder>) -> Action {
        let sender = if self.asks_sender() { holder.and_then(Holder::full) } else { None };
        let user = if self.uses(Dimension::User) { sender.user() } else { None };
        let vectors = lookup::vectors(&self, flow, self.cgroup(sender), user);
        let mut state = Scanning { scan: Scan::new(&self, vectors), set: self };
        // Most scans are over soon, and a step in a callback costs more.
        let mut is_over = false;
        for _step in 0..3 {
            is_over = state.scan.step(&self);
            if is_over {
                break;
            }
        }
        if !is_over {
            // SAFETY: the callback's type is what the helper calls, and the state outlives the call.
            unsafe {
                bpf_loop(scan::MAX_STEPS, scan_step as *mut c_void, (&raw mut state).cast(), 0);
            }
        }
        match state.scan.found() {
            Some(rule) => action(&self, rule),
            None => Action::NONE,
        }
    }

    /// The vector of the sender's cgroup.
    #[inline(always)]
    fn cgroup(self, sender: Option<Socket>) -> u32 {
        let search = Search::new(&self);
        let Some(socket) = sender.filter(|_| self.uses(Dimension::Cgroup)) else {
            return search.vector(&self);
        };
        let mut state = Searching { search, set: self, socket };
        // SAFETY: as in `find`.
        unsafe {
            bpf_loop(MAX_LEVELS, search_step as *mut c_void, (&raw mut state).cast(), 0);
        }
        state.search.vector(&self)
    }

    /// Whether some rule looks at what the socket tells of the sender.
    #[inline(always)]
    fn asks_sender(self) -> bool {
        let sender = Dimension::User.bit() | Dimension::Cgroup.bit();
        self.word(layout::USED) & sender != 0
    }

    /// Whether some rule looks at `dimension`.
    #[inline(always)]
    pub(crate) fn uses(self, dimension: Dimension) -> bool {
        self.word(layout::USED) & dimension.bit() != 0
    }
}

impl Image for PolicySet {
    #[inline(always)]
    fn word(&self, index: u32) -> u64 {
        const MASK: usize = IMAGE_WORDS - 1;
        // SAFETY: the image has a power of two of words and the mask keeps the index inside.
        unsafe { *self.0.add(index as usize & MASK) }
    }

    #[inline(always)]
    fn opaque(&self, value: u64) -> u64 {
        verifier::opaque(value)
    }
}

struct Scanning {
    scan: Scan,
    set: PolicySet,
}

/// One step of a scan; 1 ends the loop.
unsafe extern "C" fn scan_step(_index: u64, state: *mut Scanning) -> i64 {
    // SAFETY: `find` passes its own state.
    let state = unsafe { &mut *state };
    i64::from(state.scan.step(&state.set))
}

struct Searching {
    search: Search,
    set: PolicySet,
    socket: Socket,
}

/// One step of the search for a cgroup; 1 ends the loop.
unsafe extern "C" fn search_step(_index: u64, state: *mut Searching) -> i64 {
    // SAFETY: `cgroup` passes its own state.
    let state = unsafe { &mut *state };
    i64::from(state.search.step(&state.set, &state.socket))
}
