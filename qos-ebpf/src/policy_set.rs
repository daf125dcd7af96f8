//! The policy set that is in force: one load from the outer map, then plain memory.

mod handle;

use aya_ebpf::{
    bindings::{__sk_buff, BPF_F_MMAPABLE},
    btf_maps::{Array, ArrayOfMaps},
    macros::btf_map,
};
use qos_common::{
    cache::Question,
    flow::Flow,
    policy_set::{Dimension, IMAGE_WORDS, Image, layout},
};

use crate::{
    cache::socket::Stored,
    privilege::PERFMON,
    socket::Holder,
    verifier::{self, opaque},
};

pub(crate) use handle::Handle;

/// An image is a plain array of words: Linux 6.1 refuses a struct as the inner map's value.
type ImageMap = Array<[u64; IMAGE_WORDS], 1, { BPF_F_MMAPABLE as usize }>;

/// The set in force. The loader replaces it by one update, so that a packet sees the old set or
/// the new one.
#[btf_map]
static POLICY_SET: ArrayOfMaps<ImageMap, 1> = ArrayOfMaps::new();

/// The set that was in force when it was asked for.
#[derive(Clone, Copy)]
pub(crate) struct PolicySet(*const u64);

impl PolicySet {
    /// The set in force, if there is one.
    #[inline(always)]
    pub(crate) fn current() -> Option<Self> {
        let image = POLICY_SET.get(0)?.get_ptr(0)?;
        Some(Self(image.cast()))
    }

    /// What a packet of `flow` asks the caches. Who sends it is known by what is `stored` with its
    /// socket, or else by the socket's owner.
    #[inline(always)]
    pub(crate) fn question(
        self,
        flow: &Flow,
        holder: Option<Holder>,
        stored: Option<Stored>,
    ) -> Question<'_> {
        let generation = self.generation();
        let request = stored.map_or(0, |stored| stored.request(generation));
        let sender = self.sender(holder, stored.map_or(0, Stored::sender), request);
        Question { generation, flow, sender }
    }

    /// The set's generation, never 0.
    #[inline(always)]
    pub(crate) fn generation(self) -> u64 {
        self.word(layout::GENERATION)
    }

    /// The number of the sender of this version, and of its request's number, for the caches.
    #[inline(always)]
    pub(crate) fn sender(self, holder: Option<Holder>, version: u64, request: u64) -> u64 {
        match holder.filter(|_| self.asks_sender()) {
            None => 0,
            Some(holder) if self.uses(Dimension::User) => qos_owner(holder.skb(), version, request),
            Some(_) => Question::sender(version, request, 0),
        }
    }

    /// Whether the table of flows may answer for `flow`: it knows of no sender and of no fragments,
    /// and a socket with a peer knows its answer itself.
    #[inline(always)]
    pub(crate) fn keeps_flow(self, flow: &Flow, holder: Option<Holder>) -> bool {
        let is_connected = holder.is_some_and(Holder::is_connected);
        self.word(layout::KEEPS_FLOWS) != 0
            && flow.fragment.datagram() == 0
            && !is_connected
            && (holder.is_none() || !self.asks_sender())
    }

    /// Whether some rule looks at the sender.
    #[inline(always)]
    pub(crate) fn asks_sender(self) -> bool {
        self.word(layout::USED) & Dimension::SENDER != 0
    }

    /// Whether some rule looks at what only hooks record.
    #[inline(always)]
    pub(crate) fn asks_process(self) -> bool {
        self.uses(Dimension::Application) || self.uses(Dimension::Group)
    }

    /// Whether some rule looks at `dimension`.
    #[inline(always)]
    pub(crate) fn uses(self, dimension: Dimension) -> bool {
        self.word(layout::USED) & dimension.bit() != 0
    }
}

/// The number of a sender of this version, with a request of this number, on the socket's owner's account. A
/// function, for it would take room on the stack where most sets do not need it.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn qos_owner(skb: *mut __sk_buff, version: u64, request: u64) -> u64 {
    Question::sender(version, request, Holder::of(skb).map_or(0, Holder::uid))
}

impl Image for PolicySet {
    #[inline(always)]
    fn word(&self, index: u32) -> u64 {
        const MASK: u64 = IMAGE_WORDS as u64 - 1;
        let index = if PERFMON { index.into() } else { opaque(index.into()) };
        // SAFETY: the image has a power of two of words and the mask keeps the index inside.
        unsafe { *self.0.add((index & MASK) as usize) }
    }

    #[inline(always)]
    fn opaque(&self, value: u64) -> u64 {
        opaque(value)
    }

    #[inline(always)]
    fn repeat(&self, most: u32, step: impl FnMut() -> bool) {
        verifier::repeat(most, step);
    }
}
