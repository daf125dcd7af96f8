//! The answer in a socket's storage.

use aya_ebpf::bindings::BPF_SK_STORAGE_GET_F_CREATE;
use qos_common::{
    action::Action,
    cache::{self, Question, SocketEntry},
    flow::{Flow, Ports},
    identity::Identity,
    policy_set::asked::Asked,
};

use super::sequence::Guarded;
use crate::{
    requests::Way,
    socket::{Holder, Socket},
    storage,
};

/// The entry in a socket's storage, which lives as long as the socket.
#[derive(Clone, Copy)]
pub(crate) struct Stored(*mut SocketEntry);

impl Stored {
    /// The socket's, if there is one yet.
    #[inline(always)]
    pub(crate) fn of(holder: Holder) -> Option<Self> {
        Self::get(holder, 0)
    }

    /// That of a full socket, if there is one yet.
    #[inline(always)]
    pub(crate) fn of_full(socket: Socket) -> Option<Self> {
        // SAFETY: the packet holds the socket.
        let entry = unsafe { storage::get(socket.as_ptr().cast(), 0) };
        (!entry.is_null()).then_some(Self(entry))
    }

    /// From what [`Stored::as_ptr`] gave, or null.
    ///
    /// # Safety
    ///
    /// The storage must be valid while the program runs.
    #[inline(always)]
    pub(crate) unsafe fn from_ptr(entry: *mut SocketEntry) -> Option<Self> {
        (!entry.is_null()).then_some(Self(entry))
    }

    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut SocketEntry {
        self.0
    }

    /// A number for who sends, or 0 if that is not known.
    #[inline(always)]
    pub(crate) fn sender(self) -> u64 {
        // SAFETY: the storage is valid.
        unsafe { (&raw const (*self.0).identity.version).read_volatile() }
    }

    /// The number of the socket's request for the set of this generation, or 0 if none is known.
    #[inline(always)]
    pub(crate) fn request(self, generation: u64) -> u64 {
        // SAFETY: the storage is valid. If it is being written, each half is the number of some request.
        unsafe { (&raw const (*self.0).asked).read_volatile() }.number(generation)
    }

    /// Has the socket's packets be for what was asked from now on.
    #[inline(always)]
    pub(crate) fn set_asked(holder: Holder, asked: Asked) {
        if let Some(stored) = Self::get(holder, BPF_SK_STORAGE_GET_F_CREATE.into()) {
            // SAFETY: the storage is valid.
            unsafe { (&raw mut (*stored.0).asked).write_volatile(asked) };
        }
    }

    /// Whether answers go this way, and no requests.
    #[inline(always)]
    pub(crate) fn is_answered(holder: Holder, way: Way) -> bool {
        // SAFETY: the storage is valid.
        Self::of(holder).is_some_and(|it| unsafe { it.answers(way).read_volatile() } != 0)
    }

    /// Has it known that answers go this way, as long as the socket lives.
    #[inline(always)]
    pub(crate) fn set_answered(holder: Holder, way: Way) {
        if let Some(stored) = Self::get(holder, BPF_SK_STORAGE_GET_F_CREATE.into()) {
            // SAFETY: the storage is valid.
            unsafe { stored.answers(way).write_volatile(1) };
        }
    }

    #[inline(always)]
    fn answers(self, way: Way) -> *mut u32 {
        // SAFETY: the storage is valid.
        let [received, sent] = unsafe { &mut (*self.0).answers };
        match way {
            Way::Received => received,
            Way::Sent => sent,
        }
    }

    /// Copies who sends, word by word: there is no room on the stack.
    #[inline(always)]
    pub(crate) fn copy_identity(self, to: &mut Identity) {
        // SAFETY: the storage is valid.
        let from = unsafe { (&raw const (*self.0).identity).cast::<u64>() };
        let to = core::ptr::from_mut(to).cast::<u64>();
        for word in 0..size_of::<Identity>() / size_of::<u64>() {
            // SAFETY: both consist of so many words.
            unsafe { to.add(word).write_volatile(from.add(word).read_volatile()) };
        }
    }

    /// The answer to `question`, if it is here.
    #[inline(always)]
    pub(crate) fn recall(self, question: &Question<'_>) -> Option<Action> {
        self.answer().read(|word| question.recall(word))
    }

    /// The answer of the last packet that asked, if that was of the set of this generation.
    #[inline(always)]
    pub(crate) fn answered(self, generation: u64) -> Option<Action> {
        self.answer().read(|word| cache::answered(generation, word))
    }

    /// The ports of the datagram that `flow` is a later fragment of, if the socket sent its first one
    /// last.
    #[inline(always)]
    pub(crate) fn datagram_ports(self, flow: &Flow) -> Option<Ports> {
        self.answer().read(|word| cache::datagram_ports(flow, word))
    }

    /// Keeps `action` for the packets to come, if they are likely to be of the same flow: at once
    /// for a connected socket and for the first fragment of a datagram, else at the flow's second
    /// packet, for a socket that talks to many peers would only write. `stored` is the socket's
    /// storage, if it has one yet.
    #[inline(always)]
    pub(crate) fn remember(
        stored: Option<Self>,
        holder: Holder,
        question: &Question<'_>,
        action: Action,
    ) {
        let fragment = question.flow.fragment;
        if fragment.is_later() {
            return;
        }
        let stored = stored.or_else(|| Self::get(holder, BPF_SK_STORAGE_GET_F_CREATE.into()));
        let Some(stored) = stored else { return };
        let is_likely = fragment.datagram() != 0 || holder.is_connected();
        if is_likely || stored.has_seen(question.tag()) {
            stored.answer().write(|store| question.answer(action, store));
        }
    }

    #[inline(always)]
    fn get(holder: Holder, flags: u64) -> Option<Self> {
        // SAFETY: the packet holds the socket.
        let entry = unsafe { storage::get(holder.as_ptr().cast(), flags) };
        (!entry.is_null()).then_some(Self(entry))
    }

    #[inline(always)]
    fn answer(self) -> Guarded {
        // SAFETY: the storage is valid, and questions number its words.
        unsafe { Guarded::new(&raw mut (*self.0).sequence, (&raw mut (*self.0).answer).cast()) }
    }

    /// Whether the last flow that was not stored had this tag; else it has now. A lost race costs
    /// one more miss.
    #[inline(always)]
    fn has_seen(self, tag: u64) -> bool {
        // SAFETY: the storage is valid.
        let seen = unsafe { &raw mut (*self.0).seen };
        // SAFETY: as above.
        let again = unsafe { seen.read_volatile() } == tag;
        if !again {
            // SAFETY: as above.
            unsafe { seen.write_volatile(tag) };
        }
        again
    }
}
