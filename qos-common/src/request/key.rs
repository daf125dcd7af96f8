//! Hashes of hosts and paths, byte by byte as they arrive: FNV-1a. Who finds two texts of one hash has
//! won nothing: a client may ask for what it likes.

use super::MAX_LABELS;
use crate::executable::mix;

/// The hash of no byte.
pub const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// `hash` with one more byte.
#[inline(always)]
#[must_use]
pub const fn push(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The hash of `bytes`.
#[must_use]
pub const fn text(mut bytes: &[u8]) -> u64 {
    let mut hash = EMPTY;
    while let [first, rest @ ..] = bytes {
        hash = push(hash, *first);
        bytes = rest;
    }
    hash
}

/// The key of a host from the hash of its first label, in lower case, and the key of what follows
/// that; 0 stands for nothing. Never 0.
#[inline(always)]
#[must_use]
pub const fn suffix(label: u64, rest: u64) -> u64 {
    mix(label, rest) | 1
}

/// Makes keys ([`suffix`]) of the hashes of a host's labels, of which there are `count`; behind them is 0.
#[inline(always)]
pub fn join(labels: &mut [u64; MAX_LABELS], count: u32) {
    let mut rest = 0;
    for (index, label) in labels.iter_mut().enumerate().rev() {
        if index < count as usize {
            rest = suffix(*label, rest);
            *label = rest;
        } else {
            *label = 0;
        }
    }
}

/// The key of a host: a name, an IPv4 address, or an IPv6 address in brackets, which is one label.
pub fn host(text: &str) -> u64 {
    let label = |label: &str| text_hash(label.bytes().map(|byte| byte.to_ascii_lowercase()));
    if text.starts_with('[') {
        return suffix(label(text), 0);
    }
    text.rsplit('.').fold(0, |rest, part| suffix(label(part), rest))
}

/// The key of a path of these elements; of none it is [`EMPTY`].
pub fn path<'a>(elements: impl IntoIterator<Item = &'a str>) -> u64 {
    elements.into_iter().fold(EMPTY, |hash, element| element.bytes().fold(push(hash, b'/'), push))
}

fn text_hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(EMPTY, push)
}
