//! Over a segment's data, byte by byte.

use core::ffi::c_void;

use aya_ebpf::{
    bindings::__sk_buff,
    helpers::generated::{bpf_loop, bpf_skb_load_bytes},
};
use qos_common::request::stream::Progress;

use super::entry::{Entry, Kept, WINDOW};
use crate::verifier::opaque;

/// The most times that bytes are skipped or loaded in a segment.
const ROUNDS: u32 = 64;

/// Bytes that a call of the inner loop reads.
const STRIDE: u32 = 16;

/// What the callbacks are given.
struct Walk {
    skb: *mut __sk_buff,
    kept: *mut Kept,
}

/// Reads what is left of the segment in `skb`, or as much as is allowed.
#[inline(always)]
pub(super) fn walk(skb: *mut __sk_buff, entry: &Entry) {
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
    if kept.left == 0 || kept.stream.is_over() {
        kept.left = 0;
        return 1;
    }
    if !kept.has_byte() && !load(walk.skb, kept) {
        return 1;
    }
    // SAFETY: as in `walk`.
    unsafe {
        bpf_loop(WINDOW / STRIDE, read_step as *mut c_void, core::ptr::from_mut(walk).cast(), 0)
    };
    0
}

/// Reads some bytes, for a call of the loop takes longer than a byte; 1 ends the loop.
unsafe extern "C" fn read_step(_index: u64, walk: *mut Walk) -> i64 {
    // SAFETY: `window_step` passes its own.
    let kept = unsafe { &mut *(*walk).kept };
    for _byte in 0..STRIDE {
        if kept.left == 0 || !kept.has_byte() {
            return 1;
        }
        let index = kept.at.wrapping_sub(kept.window) & (WINDOW - 1);
        let Some(&byte) = kept.bytes.get(index as usize) else { return 1 };
        kept.advance(1);
        match kept.stream.push(byte) {
            Progress::More => {}
            Progress::Complete => kept.know(),
            Progress::Malformed | Progress::Over => kept.forget(),
        }
        if kept.stream.to_skip() != 0 {
            return 1;
        }
    }
    0
}

/// Has the window begin at the next byte.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most the window's length")]
fn load(skb: *mut __sk_buff, kept: &mut Kept) -> bool {
    // So Linux 6.1 sees that it is not 0.
    let mut rest = opaque(u64::from(kept.left).wrapping_sub(1));
    if rest >= u64::from(WINDOW) {
        rest = u64::from(WINDOW) - 1;
    }
    let length = rest.wrapping_add(1) as u32;
    (kept.window, kept.loaded) = (kept.at, length);
    // SAFETY: the window has room for the length, which the verifier sees.
    unsafe { bpf_skb_load_bytes(skb.cast(), kept.at, kept.bytes.as_mut_ptr().cast(), length) == 0 }
}

impl Kept {
    /// Whether the next byte is in the window.
    #[inline(always)]
    fn has_byte(&self) -> bool {
        self.at.wrapping_sub(self.window) < self.loaded
    }

    /// Passes over what the stream need not see.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most what is left")]
    fn skip(&mut self) {
        let bytes = self.stream.to_skip().min(self.left.into());
        self.stream.skip(bytes);
        self.advance(bytes as u32);
    }

    #[inline(always)]
    const fn advance(&mut self, bytes: u32) {
        self.at = self.at.wrapping_add(bytes);
        self.left = self.left.wrapping_sub(bytes);
    }
}
