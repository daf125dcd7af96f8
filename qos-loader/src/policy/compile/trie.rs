//! Tries of prefixes ([`qos_common::policy_set::trie`]).

use qos_common::policy_set::trie::{LOWER, NODE_BITS, ROOT_BITS, RUN};

use super::arena::Arena;

/// Where the lower half of an IPv6 address starts.
const MIDDLE: u32 = 64;

/// A prefix, and what it leads to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix {
    /// The first bit is the most significant one; host bits are 0.
    pub(super) address: u128,
    /// In bits.
    pub(super) length: u32,
    /// The entry for its addresses.
    pub(super) leaf: u32,
}

/// Builds a trie of `prefixes`, each before those within it; returns its offset. `absent` is the
/// leaf of all other addresses.
pub(super) fn build(arena: &mut Arena, prefixes: &[Prefix], absent: u32) -> u32 {
    let (prefixes, absent) = without_covering(prefixes, 0, absent);
    node(arena, prefixes, 0, ROOT_BITS, absent)
}

/// Takes off the prefixes that cover all addresses that start with the same `depth` bits; the last
/// of them has the leaf of what no other covers.
fn without_covering(prefixes: &[Prefix], depth: u32, absent: u32) -> (&[Prefix], u32) {
    let count = prefixes.iter().take_while(|prefix| prefix.length <= depth).count();
    let (covering, within) = prefixes.split_at(count);
    (within, covering.last().map_or(absent, |prefix| prefix.leaf))
}

/// The entry for the addresses behind `depth` bits that all of `prefixes` share.
fn entry(arena: &mut Arena, prefixes: &[Prefix], depth: u32, absent: u32) -> u32 {
    let (prefixes, absent) = without_covering(prefixes, depth, absent);
    if prefixes.is_empty() {
        return absent;
    }
    let length = run_length(prefixes, depth);
    let entry = if length == 0 {
        node(arena, prefixes, depth, NODE_BITS, absent)
    } else {
        run(arena, prefixes, depth, length, absent)
    };
    if depth == MIDDLE { entry | LOWER } else { entry }
}

/// How many bits behind `depth` are the same in all prefixes and in none of them the last but one;
/// whole nodes' bits, within a half.
fn run_length(prefixes: &[Prefix], depth: u32) -> u32 {
    let [first, .., last] = prefixes else {
        return whole_nodes(prefixes.first().map_or(depth, |prefix| prefix.length), depth);
    };
    let same = (first.address ^ last.address).leading_zeros();
    let shortest = prefixes.iter().map(|prefix| prefix.length).min();
    whole_nodes(shortest.map_or(same, |shortest| shortest.min(same)), depth)
}

fn whole_nodes(end: u32, depth: u32) -> u32 {
    let half = if depth < MIDDLE { MIDDLE } else { 2 * MIDDLE };
    (end.min(half) - depth) / NODE_BITS * NODE_BITS
}

/// A run of `length` bits, as an entry.
fn run(arena: &mut Arena, prefixes: &[Prefix], depth: u32, length: u32, absent: u32) -> u32 {
    let next = entry(arena, prefixes, depth + length, absent);
    let address = prefixes.first().map_or(0, |prefix| prefix.address);
    let bits = bits(address, depth, length) << (64 - length);
    let words = [bits, u64::from(next) | u64::from(absent) << 32, length.into()];
    arena.push_words(&words) | RUN
}

/// A node for the next `width` bits; its offset.
fn node(arena: &mut Arena, prefixes: &[Prefix], depth: u32, width: u32, absent: u32) -> u32 {
    let below = depth + width;
    let mut leaves = vec![absent; 1 << width];
    for prefix in prefixes.iter().filter(|prefix| prefix.length < below) {
        let first = index(prefix.address, depth, width);
        leaves[first..first + (1 << (below - prefix.length))].fill(prefix.leaf);
    }
    let longer: Vec<Prefix> =
        prefixes.iter().filter(|prefix| prefix.length >= below).copied().collect();
    for same in longer.chunk_by(|one, other| {
        index(one.address, depth, width) == index(other.address, depth, width)
    }) {
        let index = index(same[0].address, depth, width);
        leaves[index] = entry(arena, same, below, leaves[index]);
    }
    arena.push_entries(&leaves)
}

/// `length` bits of `address` behind `depth`, as a number.
fn bits(address: u128, depth: u32, length: u32) -> u64 {
    // At most 64 bits are left.
    u64::try_from(address << depth >> (128 - length)).unwrap_or(u64::MAX)
}

fn index(address: u128, depth: u32, width: u32) -> usize {
    usize::try_from(bits(address, depth, width)).unwrap_or(usize::MAX)
}
