//! The answer in the socket's storage, guarded by a sequence lock, for two CPUs may send on one
//! socket.

use core::{
    intrinsics::{AtomicOrdering, atomic_cxchg, atomic_xadd},
    ptr::null_mut,
};

use aya_ebpf::{
    bindings::BPF_SK_STORAGE_GET_F_CREATE, btf_maps::SkStorage,
    helpers::generated::bpf_sk_storage_get, macros::btf_map,
};
use qos_common::{
    action::Action,
    cache::{self, Entry, Question},
    flow::{Flow, Ports},
};

use crate::socket::Holder;

#[btf_map]
static ANSWERS: SkStorage<Entry> = SkStorage::new();

/// The entry in a socket's storage, which lives as long as the socket. All access is volatile, for
/// the compiler may not move it across the sequence.
#[derive(Clone, Copy)]
pub(crate) struct Stored(*mut Entry);

impl Stored {
    /// The socket's, if there is one yet.
    #[inline(always)]
    pub(crate) fn of(holder: Holder) -> Option<Self> {
        Self::get(holder, 0)
    }

    /// From what [`Stored::as_ptr`] gave, or null.
    ///
    /// # Safety
    ///
    /// The storage must be valid while the program runs.
    #[inline(always)]
    pub(crate) unsafe fn from_ptr(entry: *mut Entry) -> Option<Self> {
        (!entry.is_null()).then_some(Self(entry))
    }

    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut Entry {
        self.0
    }

    /// The answer to `question`, if it is here.
    #[inline(always)]
    pub(crate) fn recall(self, question: &Question<'_>) -> Option<Action> {
        let before = self.sequence();
        let action = question.recall(|index| self.word(index))?;
        self.is_unchanged_since(before).then_some(action)
    }

    /// The ports of the datagram that `flow` is a later fragment of, if the socket sent its first one
    /// last.
    #[inline(always)]
    pub(crate) fn datagram_ports(self, flow: &Flow) -> Option<Ports> {
        let before = self.sequence();
        let ports = cache::datagram_ports(flow, |index| self.word(index))?;
        self.is_unchanged_since(before).then_some(ports)
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
        if fragment.later {
            return;
        }
        let stored = stored.or_else(|| Self::get(holder, BPF_SK_STORAGE_GET_F_CREATE.into()));
        let Some(stored) = stored else { return };
        let is_likely = fragment.datagram != 0 || holder.is_connected();
        if (is_likely || stored.has_seen(question.tag())) && stored.lock() {
            question.answer(action, |index, word| stored.set_word(index, word));
            stored.unlock();
        }
    }

    #[inline(always)]
    fn is_unchanged_since(self, sequence: u64) -> bool {
        sequence & 1 == 0 && sequence == self.sequence()
    }

    #[inline(always)]
    fn get(holder: Holder, flags: u64) -> Option<Self> {
        let map = (&raw const ANSWERS).cast_mut().cast();
        // SAFETY: the map is a socket storage, and the packet holds the socket.
        let entry = unsafe { bpf_sk_storage_get(map, holder.as_ptr().cast(), null_mut(), flags) };
        (!entry.is_null()).then_some(Self(entry.cast()))
    }

    #[inline(always)]
    fn sequence(self) -> u64 {
        // SAFETY: the storage is valid.
        unsafe { (&raw const (*self.0).sequence).read_volatile() }
    }

    #[inline(always)]
    fn word(self, index: usize) -> u64 {
        // SAFETY: the storage is valid and questions number its words.
        unsafe { (&raw const (*self.0).answer).cast::<u64>().add(index).read_volatile() }
    }

    #[inline(always)]
    fn set_word(self, index: usize, word: u64) {
        // SAFETY: as above; the lock keeps other writers out.
        unsafe { (&raw mut (*self.0).answer).cast::<u64>().add(index).write_volatile(word) }
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

    /// Makes the sequence odd; false if another CPU did, whose answer is as good.
    #[inline(always)]
    fn lock(self) -> bool {
        let before = self.sequence();
        if before & 1 != 0 {
            return false;
        }
        // SAFETY: the storage is valid.
        let (_, locked) = unsafe {
            atomic_cxchg::<u64, { AtomicOrdering::AcqRel }, { AtomicOrdering::Relaxed }>(
                &raw mut (*self.0).sequence,
                before,
                before.wrapping_add(1),
            )
        };
        locked
    }

    #[inline(always)]
    fn unlock(self) {
        // SAFETY: the storage is valid.
        unsafe {
            atomic_xadd::<u64, u64, { AtomicOrdering::AcqRel }>(&raw mut (*self.0).sequence, 1);
        }
    }
}
