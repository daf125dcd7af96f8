//! Eight bytes at once, the first in the lowest bits: where in them a text goes on. If they are fewer
//! there is 0 behind them, which is in no text.

use crate::narrow::low_half;

/// The lowest bit of each byte.
const LOW: u64 = each(1);
/// The highest one.
const HIGH: u64 = each(0x80);

/// The bytes before the first at which a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// They themselves; 0 behind them.
    pub(super) word: u64,
    /// How many they are.
    pub(super) bytes: u32,
}

impl Run {
    /// Bytes of at least `least`, a control character or more, but for DEL.
    #[inline(always)]
    pub(super) const fn from(word: u64, least: u8) -> Self {
        Self::until(word, first_below(word, least) | first_equal(word, 0x7f))
    }

    /// Bytes of an element of a path.
    #[inline(always)]
    pub(super) const fn element(word: u64) -> Self {
        let marks = first_equal(word, b'/') | first_equal(word, b'?') | first_equal(word, 0x7f);
        Self::until(word, marks | first_below(word, b'#' + 1))
    }

    /// Letters, digits and hyphens, in lower case.
    #[inline(always)]
    pub(super) const fn name(word: u64) -> Self {
        let low = word & !HIGH;
        let letters = between(low | each(0x20), b'a', b'z');
        let others = between(low, b'0', b'9') | between(low, b'-', b'-');
        let lower = word | letters >> 2;
        Self::until(lower, HIGH ^ (letters | others) | word & HIGH)
    }

    /// Capital letters.
    #[inline(always)]
    pub(super) const fn capitals(word: u64) -> Self {
        Self::until(word, HIGH ^ between(word & !HIGH, b'A', b'Z') | word & HIGH)
    }

    /// The bytes before the first whose highest bit is set in `ends`, where others are not.
    #[inline(always)]
    const fn until(word: u64, ends: u64) -> Self {
        let first = ends & ends.wrapping_neg();
        let kept = (first >> 7).wrapping_sub(1);
        Self { word: word & kept, bytes: low_half((kept & LOW).wrapping_mul(LOW) >> 56) }
    }
}

/// The highest bits of bytes below `limit`; behind the first of these, also of some that are not.
#[inline(always)]
const fn first_below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit)) & !word & HIGH
}

/// The highest bits of bytes that are `byte`; behind the first of these, also of some that are not.
#[inline(always)]
const fn first_equal(word: u64, byte: u8) -> u64 {
    first_below(word ^ each(byte), 1)
}

/// The highest bits of bytes from `least` to `most`, of which none is above 127.
#[inline(always)]
const fn between(word: u64, least: u8, most: u8) -> u64 {
    word.wrapping_add(each(0x80_u8.wrapping_sub(least)))
        & !word.wrapping_add(each(0x7f_u8.wrapping_sub(most)))
        & HIGH
}

/// `byte` eight times.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Miri takes a thousand times as long.
    const STEP: usize = if cfg!(miri) { 13 } else { 1 };

    /// Asserts for all bytes, in all places, that a run of these `others` ends just before those that end one.
    fn assert_ends(run: fn(u64) -> Run, others: [u8; 8], ends: impl Fn(u8) -> bool) {
        for place in 0..8 {
            for byte in (0..=u8::MAX).step_by(STEP) {
                let mut bytes = others;
                bytes[place] = byte;
                // Bytes that may be mistaken behind the first.
                if ends(byte) && place < 7 {
                    bytes[place + 1] = byte.wrapping_add(1);
                }
                let expected = bytes.iter().position(|byte| ends(*byte)).unwrap_or(8);
                let found = run(u64::from_le_bytes(bytes));
                assert_eq!(found.bytes as usize, expected, "{byte:#x} at {place}");
                let kept = found.word.to_le_bytes().map(|byte| byte.to_ascii_lowercase());
                let sent = bytes.map(|byte| byte.to_ascii_lowercase());
                assert_eq!(kept[..expected], sent[..expected]);
                assert_eq!(kept[expected..], [0; 8][expected..]);
            }
        }
    }

    #[test]
    fn runs_end_where_texts_do() {
        let value = |word| Run::from(word, b' ');
        assert_ends(value, *b"a \x80\xff~!:;", |byte| byte < b' ' || byte == 0x7f);
        let element = |byte| byte < b'$' || matches!(byte, b'/' | b'?' | 0x7f);
        assert_ends(Run::element, *b"aZ\x80\xff~.-%", element);
        let name = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'-';
        assert_ends(Run::name, *b"az09-XAZ", name);
        assert_ends(Run::capitals, *b"ABCMXYZZ", |byte| !byte.is_ascii_uppercase());
    }

    #[test]
    fn names_are_in_lower_case() {
        let found = Run::name(u64::from_le_bytes(*b"a-ZA9z\r\n"));
        assert_eq!(found, Run { word: u64::from_le_bytes(*b"a-za9z\0\0"), bytes: 6 });
    }
}
