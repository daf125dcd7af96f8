//! A sequence lock. All access is volatile, for the compiler may not move it across the sequence.

use core::intrinsics::{AtomicOrdering, atomic_cxchg, atomic_xadd};

/// Words that are read whole or not at all. The sequence is odd while a CPU writes them.
#[derive(Clone, Copy)]
pub(super) struct Guarded {
    sequence: *mut u64,
    words: *mut u64,
}

impl Guarded {
    /// # Safety
    ///
    /// Both must be valid while the program runs, and so must all words that are asked for later.
    #[inline(always)]
    pub(super) const unsafe fn new(sequence: *mut u64, words: *mut u64) -> Self {
        Self { sequence, words }
    }

    /// What `read` makes of the words, if none of them changed meanwhile. It is given the way to read
    /// one.
    #[inline(always)]
    pub(super) fn read<T>(
        self,
        read: impl FnOnce(&dyn Fn(usize) -> u64) -> Option<T>,
    ) -> Option<T> {
        let before = self.sequence();
        let found = read(&|index| self.word(index))?;
        (before & 1 == 0 && before == self.sequence()).then_some(found)
    }

    /// Has `write` set the words, by the way that it is given; unless another CPU is writing, whose
    /// answer is as good.
    #[inline(always)]
    pub(super) fn write(self, write: impl FnOnce(&mut dyn FnMut(usize, u64))) {
        let before = self.sequence();
        if before & 1 != 0 {
            return;
        }
        // SAFETY: the sequence is valid.
        let (_, locked) = unsafe {
            atomic_cxchg::<u64, { AtomicOrdering::AcqRel }, { AtomicOrdering::Relaxed }>(
                self.sequence,
                before,
                before.wrapping_add(1),
            )
        };
        if locked {
            // SAFETY: the word is valid, and the lock keeps other writers out.
            write(&mut |index, word| unsafe { self.words.add(index).write_volatile(word) });
            // SAFETY: the sequence is valid.
            unsafe { atomic_xadd::<u64, u64, { AtomicOrdering::AcqRel }>(self.sequence, 1) };
        }
    }

    /// One word, which may be changing.
    #[inline(always)]
    pub(super) fn word(self, index: usize) -> u64 {
        // SAFETY: the word is valid.
        unsafe { self.words.add(index).read_volatile() }
    }

    #[inline(always)]
    fn sequence(self) -> u64 {
        // SAFETY: the sequence is valid.
        unsafe { self.sequence.read_volatile() }
    }
}
