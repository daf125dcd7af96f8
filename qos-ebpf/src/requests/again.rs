//! A segment that is the one before, byte for byte: what a client asks for again is not read again.

use aya_ebpf::bindings::__sk_buff;

use super::entry::{Kept, WINDOW, WORD};
use crate::verifier::word_at;

/// Of a window, without the one behind its end.
const WORDS: usize = WINDOW as usize / WORD;

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
        for word in 0..WORDS {
            if (word * WORD) as u64 >= self.loaded {
                break;
            }
            // SAFETY: it is a word of the window.
            unsafe { (&raw mut self.before[word]).write_volatile(self.bytes[word]) };
        }
        self.before_length = self.loaded;
    }

    /// Of at least a word.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most the window's length")]
    fn is_as_before(&self, length: u64) -> bool {
        let last = (length as usize).wrapping_sub(WORD) & (WINDOW as usize - 1);
        for word in 0..WORDS {
            if word * WORD >= last {
                break;
            }
            if self.bytes[word] != self.before[word] {
                return false;
            }
        }
        // SAFETY: from each byte of a window on there is a word of it, or behind it.
        let [now, before] = [&self.bytes, &self.before]
            .map(|window| unsafe { word_at(window.as_ptr().cast::<u8>().add(last)) });
        now == before
    }
}
