//! Over a segment's data, by the words in which it is loaded.

use core::ffi::c_void;

use aya_ebpf::{
    bindings::__sk_buff,
    helpers::generated::{bpf_loop, bpf_skb_load_bytes},
};
use qos_common::request::stream::Progress;

use super::entry::{Entry, Kept, WINDOW};
use crate::verifier::{opaque, word_at};

/// The most times that bytes are loaded of a segment.
const ROUNDS: u32 = 64;

/// How often a call of the inner loop has the stream take bytes.
const STRIDE: u32 = 4;

/// The most bytes that the stream is given at once.
const MOST: u64 = 8;

/// What the callbacks are given.
struct Walk {
    skb: *mut __sk_buff,
    kept: *mut Kept,
}

/// Reads the segment in `skb`.
#[inline(always)]
pub(super) fn read(skb: *mut __sk_buff, entry: &Entry) {
    let pointer = entry.as_ptr();
    // SAFETY: it is ours.
    let kept = unsafe { &mut *pointer };
    let length = kept.left;
    let may_repeat = kept.stream.is_between();
    if may_repeat && kept.repeats(skb) {
        return;
    }
    walk(skb, entry);
    // SAFETY: as above.
    let kept = unsafe { &mut *pointer };
    kept.keep(if may_repeat { length } else { 0 });
}

/// Reads what is left of the segment, or as much as is allowed.
#[inline(always)]
fn walk(skb: *mut __sk_buff, entry: &Entry) {
    let mut walk = Walk { skb, kept: entry.as_ptr() };
    // SAFETY: the callback's type is what the helper calls, and the walk outlives the call.
    unsafe { bpf_loop(ROUNDS, window_step as *mut c_void, (&raw mut walk).cast(), 0) };
    // SAFETY: it is ours.
    let kept = unsafe { &mut *entry.as_ptr() };
    if kept.left != 0 {
        kept.stream.lose();
    }
}

/// Skips what need not be looked at, and reads on to the end of the window; 1 ends the loop.
unsafe extern "C" fn window_step(_index: u64, walk: *mut Walk) -> i64 {
    // SAFETY: `walk` passes its own.
    let walk = unsafe { &mut *walk };
    // SAFETY: it is ours.
    let kept = unsafe { &mut *walk.kept };
    kept.skip();
    if kept.index >= kept.loaded {
        if kept.left == 0 || kept.stream.is_over() {
            kept.left = 0;
            return 1;
        }
        if !kept.load(walk.skb) {
            return 1;
        }
    }
    // SAFETY: as in `walk`.
    unsafe {
        bpf_loop(WINDOW / STRIDE, read_step as *mut c_void, core::ptr::from_mut(walk).cast(), 0)
    };
    0
}

/// Has the stream take some of the window, for a call of the loop takes longer than that; 1 ends the loop.
#[expect(clippy::cast_possible_truncation, reason = "at most the window's length")]
unsafe extern "C" fn read_step(_index: u64, walk: *mut Walk) -> i64 {
    // SAFETY: `window_step` passes its own.
    let kept = unsafe { &mut *(*walk).kept };
    for _take in 0..STRIDE {
        if kept.stream.to_skip() != 0 {
            kept.skip();
        }
        let index = kept.index;
        if index >= u64::from(WINDOW) || index >= kept.loaded {
            return 1;
        }
        let bytes = kept.loaded.wrapping_sub(index).min(MOST);
        // SAFETY: from each byte of the window on there is a word of it, or behind it.
        let word = unsafe { word_at(kept.bytes.as_ptr().cast::<u8>().add(index as usize)) };
        let word = word & u64::MAX.wrapping_shr((MOST.wrapping_sub(bytes) as u32).wrapping_mul(8));
        let (taken, progress) = kept.stream.take(word, bytes as u32);
        kept.index = index.wrapping_add(taken.into());
        match progress {
            Progress::More => {}
            Progress::Complete => kept.know(),
            Progress::Malformed | Progress::Over => kept.forget(),
        }
    }
    0
}

impl Kept {
    /// Has the window begin behind its end.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most the window's length")]
    pub(super) fn load(&mut self, skb: *mut __sk_buff) -> bool {
        // So Linux 6.1 sees that it is not 0.
        let mut rest = opaque(u64::from(self.left).wrapping_sub(1));
        if rest >= u64::from(WINDOW) {
            rest = u64::from(WINDOW) - 1;
        }
        let length = rest.wrapping_add(1) as u32;
        let (at, to) = (self.at, self.bytes.as_mut_ptr());
        // SAFETY: the window has room for the length, which the verifier sees.
        if unsafe { bpf_skb_load_bytes(skb.cast(), at, to.cast(), length) } != 0 {
            return false;
        }
        (self.at, self.left) = (at.wrapping_add(length), self.left.wrapping_sub(length));
        (self.index, self.loaded) = (0, length.into());
        true
    }

    /// Passes over what the stream need not see.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most what is left")]
    fn skip(&mut self) {
        let in_window = self.loaded.wrapping_sub(self.index);
        let bytes = self.stream.to_skip().min(in_window.wrapping_add(self.left.into()));
        self.stream.skip(bytes);
        let here = bytes.min(in_window);
        let behind = bytes.wrapping_sub(here) as u32;
        self.index = self.index.wrapping_add(here);
        self.at = self.at.wrapping_add(behind);
        self.left = self.left.wrapping_sub(behind);
    }
}
