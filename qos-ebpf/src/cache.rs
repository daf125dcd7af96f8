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

use crate::socket::Socket;

#[btf_map]
static ANSWERS: SkStorage<Entry> = SkStorage::new();

/// The socket's answer to `question`, if it has one.
#[inline(always)]
pub(crate) fn recall(socket: &Socket, question: &Question<'_>) -> Option<Action> {
    let entry = Stored::of(socket, 0)?;
    let before = entry.sequence();
    let action = question.recall(|index| entry.word(index))?;
    (before & 1 == 0 && before == entry.sequence()).then_some(action)
}

/// The ports of the datagram that `flow` is a later fragment of, if the socket sent its first one
/// last.
#[inline(always)]
pub(crate) fn datagram_ports(socket: &Socket, flow: &Flow) -> Option<Ports> {
    let entry = Stored::of(socket, 0)?;
    let before = entry.sequence();
    let ports = cache::datagram_ports(flow, |index| entry.word(index))?;
    (before & 1 == 0 && before == entry.sequence()).then_some(ports)
}

/// Keeps `action` for the packets to come, if they are likely to be of the same flow: at once for
/// a connected socket and for the first fragment of a datagram, else at the flow's second packet,
/// for a socket that talks to many peers would only write.
#[inline(always)]
pub(crate) fn remember(socket: &Socket, question: &Question<'_>, action: Action) {
    let fragment = question.flow.fragment;
    if fragment.later {
        return;
    }
    let Some(entry) = Stored::of(socket, BPF_SK_STORAGE_GET_F_CREATE.into()) else { return };
    if fragment.datagram == 0 && !socket.is_connected() && !entry.has_seen(question.tag()) {
        return;
    }
    if entry.lock() {
        question.answer(action, |index, word| entry.set_word(index, word));
        entry.unlock();
    }
}

/// The entry in a socket's storage, which lives as long as the socket. All access is volatile, for
/// the compiler may not move it across the sequence.
#[derive(Clone, Copy)]
struct Stored(*mut Entry);

impl Stored {
    #[inline(always)]
    fn of(socket: &Socket, flags: u64) -> Option<Self> {
        let map = (&raw const ANSWERS).cast_mut().cast();
        // SAFETY: the map is a socket storage and the socket a full one.
        let entry = unsafe { bpf_sk_storage_get(map, socket.as_ptr().cast(), null_mut(), flags) };
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
