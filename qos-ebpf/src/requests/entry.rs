//! What is kept with a connection's socket while requests are read. With `BPF_F_CLONE`, for the data that
//! comes with the last packet of a handshake is its listener's, which the new socket inherits.

use core::{
    intrinsics::{AtomicOrdering, atomic_cxchg},
    mem::offset_of,
};

use aya_ebpf::{
    bindings::{BPF_F_CLONE, BPF_F_NO_PREALLOC, BPF_SK_STORAGE_GET_F_CREATE},
    macros::btf_map,
};
use qos_common::{
    policy_set::asked::{Asked, NO_PORT},
    request::{MAX_ELEMENTS, MAX_LABELS, Request, stream::Stream},
};

use super::{Way, search, segment::Segment};
use crate::{
    policy_set::PolicySet,
    socket::{Holder, Socket},
    storage::Storage,
    verifier::{address, clear},
};

#[btf_map]
static REQUESTS: Storage<Kept, { (BPF_F_NO_PREALLOC | BPF_F_CLONE) as usize }> = Storage::new();

/// Bytes of a segment that are looked at before more are loaded; a power of two.
pub(super) const WINDOW: u32 = 256;

/// Words are read to behind its end.
pub(super) type Window = [u64; WINDOW as usize / WORD + 1];

pub(super) const WORD: usize = size_of::<u64>();

/// What stays from one segment to the next.
#[repr(C)]
pub(super) struct Kept {
    /// Where this is while a segment is being read; elsewhere is the listener's that it was inherited from.
    reader: u64,
    /// Whose connection it is.
    peer: u64,
    /// The last request that was complete.
    known: Request,
    /// 1 if that has changed since [`Entry::news`], else 0.
    changed: u64,
    /// A [`Way`].
    way: u32,
    /// The sequence number that comes next.
    next: u32,
    /// What is being read.
    pub(super) stream: Stream,
    /// Where the bytes behind the window are in the packet.
    pub(super) at: u32,
    /// Bytes from there on to the segment's end.
    pub(super) left: u32,
    /// Where the next byte is in the window.
    pub(super) index: u64,
    /// Bytes in the window.
    pub(super) loaded: u64,
    /// A part of the segment.
    pub(super) bytes: Window,
    /// The segment before, if the same bytes would come to the same again.
    pub(super) before: Window,
    /// Bytes of it, or 0.
    pub(super) before_length: u64,
}

/// One that is ours until it is released.
pub(super) struct Entry(*mut Kept);

impl Entry {
    /// The socket's, or null.
    #[inline(always)]
    pub(super) fn of(holder: Holder) -> *mut Kept {
        // SAFETY: the packet holds the socket.
        unsafe { REQUESTS.get(holder.as_ptr().cast(), 0) }
    }

    /// `kept`, or a new one if that is null, unless another segment of the socket is being read.
    #[inline(always)]
    pub(super) fn claim(kept: *mut Kept, holder: Holder) -> Option<Self> {
        let mut kept = kept;
        if kept.is_null() {
            // SAFETY: the packet holds the socket.
            kept =
                unsafe { REQUESTS.get(holder.as_ptr().cast(), BPF_SK_STORAGE_GET_F_CREATE.into()) };
        }
        if kept.is_null() {
            return None;
        }
        let here = address(kept);
        // SAFETY: the storage is valid while the program runs.
        let reader = unsafe { &raw mut (*kept).reader };
        // SAFETY: as above.
        let before = unsafe { reader.read_volatile() };
        if before == here {
            return None;
        }
        // SAFETY: as above.
        let (_, is_ours) = unsafe {
            atomic_cxchg::<u64, { AtomicOrdering::AcqRel }, { AtomicOrdering::Relaxed }>(
                reader, before, here,
            )
        };
        is_ours.then_some(Self(kept))
    }

    /// Lets others have it.
    #[inline(always)]
    pub(super) fn release(self) {
        // SAFETY: the storage is valid while the program runs.
        unsafe { (&raw mut (*self.0).reader).write_volatile(0) };
    }

    /// Makes it ready for what `segment` has that was not read before; false if that is nothing.
    #[inline(always)]
    pub(super) fn expect(&mut self, segment: &Segment, way: Way) -> bool {
        // SAFETY: it is ours.
        let kept = unsafe { &mut *self.0 };
        if kept.peer != segment.peer {
            kept.forget();
            // SAFETY: it consists of words.
            unsafe { clear(&raw mut kept.stream) };
            kept.peer = segment.peer;
            kept.way = way as u32;
            kept.next = segment.sequence;
        }
        if kept.way != way as u32 || kept.stream.is_over() {
            return false;
        }
        let ahead = segment.sequence.wrapping_sub(kept.next).cast_signed();
        if ahead > 0 {
            kept.stream.lose();
        }
        let seen = if ahead < 0 { ahead.unsigned_abs() } else { 0 };
        if seen >= segment.length {
            return false;
        }
        kept.next = segment.sequence.wrapping_add(segment.length);
        kept.at = segment.at.wrapping_add(seen);
        kept.left = segment.length.wrapping_sub(seen);
        kept.index = kept.loaded;
        kept.stream.begin_segment();
        true
    }

    /// For the walk over the segment.
    #[inline(always)]
    pub(super) const fn as_ptr(&self) -> *mut Kept {
        self.0
    }

    /// What was asked, if that has changed.
    #[inline(always)]
    pub(super) fn news(&mut self, way: Way) -> Option<Asked> {
        // SAFETY: it is ours.
        let kept = unsafe { &mut *self.0 };
        if kept.changed == 0 {
            return None;
        }
        let set = PolicySet::current()?;
        kept.changed = 0;
        let request = &kept.known;
        if request.version == 0 {
            return Some(Asked::default());
        }
        if way == Way::Sent {
            return Some(Asked::sent(set.generation(), request));
        }
        let vectors = search::url(set, request, NO_PORT);
        Some(Asked::received(set.generation(), vectors, request))
    }
}

impl Kept {
    /// Has the stream's request known from now on.
    #[inline(always)]
    pub(super) fn know(&mut self) {
        copy(self.stream.request(), &raw mut self.known);
        self.changed = 1;
    }

    /// Has none known any more.
    #[inline(always)]
    pub(super) fn forget(&mut self) {
        self.known.version = 0;
        self.changed = 1;
    }
}

/// Copies what the peer of `socket`, or the socket itself, asked for last; nothing if it is not known.
#[inline(always)]
pub(crate) fn copy_known(socket: Socket, is_ipv6: bool, to: &mut Request) -> Option<Way> {
    // SAFETY: the packet holds the socket.
    let kept = unsafe { REQUESTS.get(socket.as_ptr().cast(), 0) };
    if kept.is_null() {
        return None;
    }
    // SAFETY: the storage is valid while the program runs.
    let (peer, way) = unsafe { ((*kept).peer, (*kept).way) };
    if peer != socket.peer(is_ipv6) {
        return None;
    }
    // SAFETY: as above.
    copy(unsafe { &raw const (*kept).known }, to);
    if !to.is_whole() {
        return None;
    }
    Some(if way == Way::Sent as u32 { Way::Sent } else { Way::Received })
}

/// Word by word: there is no room on the stack, and it may be changing.
#[inline(always)]
fn copy(from: *const Request, to: *mut Request) {
    // SAFETY: both are valid.
    unsafe {
        copy_words(from.cast(), to.cast(), offset_of!(Request, suffixes) / WORD, u32::MAX);
        let (labels, elements) = ((*to).labels, (*to).elements);
        copy_words(
            (&raw const (*from).suffixes).cast(),
            (&raw mut (*to).suffixes).cast(),
            MAX_LABELS,
            labels,
        );
        copy_words(
            (&raw const (*from).path).cast(),
            (&raw mut (*to).path).cast(),
            MAX_ELEMENTS,
            elements,
        );
    }
}

/// The first `count` words, or all `most` of them.
///
/// # Safety
///
/// So many must be valid.
#[inline(always)]
unsafe fn copy_words(from: *const u64, to: *mut u64, most: usize, count: u32) {
    for word in 0..most {
        if word >= count as usize {
            return;
        }
        // SAFETY: the caller vouches for it.
        unsafe { to.add(word).write_volatile(from.add(word).read_volatile()) };
    }
}
