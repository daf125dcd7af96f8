//! Hashes of hosts and paths, as their bytes arrive. Who finds two texts of one hash has won nothing: a
//! client may ask for what it likes.

use super::MAX_LABELS;
use crate::{executable::mix, narrow::low_half};

/// What a text's hash begins with, and that of a path without elements.
pub const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// A text that is being hashed: words of eight bytes, the first byte in the lowest bits, and behind them
/// one of what is left, with its length. So where the text was cut makes no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Text {
    /// Of the words that are full.
    hash: u64,
    /// Up to seven bytes, and in the highest byte how many bits these are: two fields to set to 0 at once
    /// would be a call in BPF.
    rest: u64,
}

/// Where [`Text::rest`] has the number of its bits.
const LENGTH: u32 = 56;
/// And where it has its bytes.
const BYTES: u64 = (1 << LENGTH) - 1;

impl Text {
    /// No byte yet, behind what has this hash.
    #[inline(always)]
    #[must_use]
    pub const fn behind(hash: u64) -> Self {
        Self { hash, rest: 0 }
    }

    /// The next `bytes`, up to 8, of `word`, in which there is 0 behind them.
    #[inline(always)]
    pub const fn push(&mut self, word: u64, bytes: u32) {
        let before = low_half(self.rest >> LENGTH);
        let bits = before.wrapping_add(bytes.wrapping_mul(8));
        let joined = self.rest & BYTES | word.wrapping_shl(before);
        if bits < u64::BITS {
            self.rest = joined | (bits as u64) << LENGTH;
        } else {
            self.hash = mix(self.hash, joined);
            // The other side of the cut, which is nothing if there was nothing before.
            let rest = (word >> 1).wrapping_shr(63_u32.wrapping_sub(before));
            self.rest = rest | (bits.wrapping_sub(u64::BITS) as u64) << LENGTH;
        }
    }

    /// The text's hash.
    #[inline(always)]
    #[must_use]
    pub const fn hash(&self) -> u64 {
        mix(self.hash, self.rest)
    }
}

/// The hash of `bytes` behind what has the hash `before`.
#[must_use]
pub const fn text(before: u64, mut bytes: &[u8]) -> u64 {
    let mut text = Text::behind(before);
    while let [first, rest @ ..] = bytes {
        text.push(*first as u64, 1);
        bytes = rest;
    }
    text.hash()
}

/// The key of a host from the hash of its first label, in lower case, and the key of what follows
/// that; 0 stands for nothing. Never 0.
#[inline(always)]
#[must_use]
pub const fn suffix(label: u64, rest: u64) -> u64 {
    mix(label, rest) | 1
}

/// Makes keys ([`suffix`]) of the hashes of a host's labels, of which there are `count`.
#[inline(always)]
pub fn join(labels: &mut [u64; MAX_LABELS], count: u32) {
    let mut rest = 0;
    let mut left = count;
    for _label in 0..MAX_LABELS {
        left = left.wrapping_sub(1);
        let Some(label) = labels.get_mut(left as usize) else { return };
        rest = suffix(*label, rest);
        *label = rest;
    }
}

/// The key of a host: a name, an IPv4 address, or an IPv6 address in brackets, which is one label.
pub fn host(host: &str) -> u64 {
    if host.starts_with('[') {
        return suffix(label(host), 0);
    }
    host.rsplit('.').fold(0, |rest, part| suffix(label(part), rest))
}

/// The hash of a label of a host's name.
pub fn label(label: &str) -> u64 {
    let mut hashed = Text::behind(EMPTY);
    label.bytes().for_each(|byte| hashed.push(byte.to_ascii_lowercase().into(), 1));
    hashed.hash()
}

/// The key of a path of these elements; of none it is [`EMPTY`].
pub fn path<'a>(elements: impl IntoIterator<Item = &'a str>) -> u64 {
    elements.into_iter().fold(EMPTY, |before, element| text(before, element.as_bytes()))
}
