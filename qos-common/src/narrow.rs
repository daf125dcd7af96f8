//! The lower part of a word, where the upper part is not asked for.

#![expect(clippy::cast_possible_truncation, reason = "the upper part is not asked for")]

/// The lower 32 bits.
#[inline(always)]
pub(crate) const fn low_half(word: u64) -> u32 {
    word as u32
}

/// The lower 16 bits.
#[inline(always)]
pub(crate) const fn low_quarter(word: u32) -> u16 {
    word as u16
}

/// The lower 8 bits.
#[inline(always)]
pub(crate) const fn byte(word: u32) -> u8 {
    word as u8
}
