//! A segment that is the one before, byte for byte: what a client asks for again is not read again.

use aya_ebpf::bindings::__sk_buff;

use super::entry::{Kept, WINDOW, WORD};
use crate::verifier::word_at;

impl Kept {
    /// Whether the segment, of which nothing was read, is the one before. If it is, all of it was read; if not,
    /// the window may hold its begin.
    #[inline(always)]
    pub(super) fn repeats(&mut self, skb: *mut __sk_buff) -> bool {
        let length = u64::from(self.left);
        length == self.before_length
            && length >= WORD as u64
            && self.load(skb)
            && self.is_as_before(length)
    }

    /// Keeps the segment that was read, of so many bytes, if the window has them all and the same would come
    /// to the same again.
    #[inline(always)]
    pub(super) fn keep(&mut self, length: u32) {
        self.before_length = 0;
        if self.loaded != u64::from(length) || !self.stream.is_between() {
            return;
        }
        for at in (0..WINDOW as usize).step_by(WORD) {
            if at as u64 >= self.loaded {
                break;
            }
            // SAFETY: both windows have a word there, at a multiple of its size.
            unsafe {
                let word = self.bytes.as_ptr().add(at).cast::<u64>().read();
                self.before.as_mut_ptr().add(at).cast::<u64>().write_volatile(word);
            }
        }
        self.before_length = self.loaded;
    }

    /// Of at least a word.
    #[inline(always)]
    fn is_as_before(&self, length: u64) -> bool {
        let last = (length as usize).wrapping_sub(WORD) & (WINDOW as usize - 1);
        for at in (0..WINDOW as usize).step_by(WORD) {
            if at >= last {
                break;
            }
            if !self.has_word_of_before(at) {
                return false;
            }
        }
        self.has_word_of_before(last)
    }

    #[inline(always)]
    fn has_word_of_before(&self, at: usize) -> bool {
        // SAFETY: from each byte of a window on there is a word of it, or behind it.
        unsafe { word_at(self.bytes.as_ptr().add(at)) == word_at(self.before.as_ptr().add(at)) }
    }
}
