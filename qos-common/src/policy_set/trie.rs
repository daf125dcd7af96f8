//! Longest-prefix match: a root of 4,096 entries for the first 12 bits, then nodes of 16 entries
//! for 4 bits each. An entry is a leaf with the offset of its vector, or the offset of a node.
//! A node of 16 entries is a cache line.

use super::Image;
use crate::flow::Address;
use crate::narrow::low_half;

/// The address bits that the root takes.
pub const ROOT_BITS: u32 = 12;
/// The address bits that each node behind it takes.
pub const NODE_BITS: u32 = 4;
/// Set in an entry that leads to a vector.
pub const LEAF: u32 = 1 << 31;

/// The vector that the longest prefix of `address` in the trie at word `root` leads to.
#[inline(always)]
pub fn lookup<I: Image + ?Sized>(image: &I, root: u32, address: &Address, ipv6: bool) -> u32 {
    const FIRST: u32 = (32 - ROOT_BITS) / NODE_BITS;
    let Address([upper, lower]) = *address;
    let mut entry = image.entry(root, low_half(upper >> (64 - ROOT_BITS)));
    entry = descend(image, entry, upper << ROOT_BITS, FIRST);
    if ipv6 {
        entry = descend(image, entry, upper << 32, 8);
        entry = descend(image, entry, lower, 16);
    }
    entry & !LEAF
}

/// Follows up to `nodes` nodes from `entry`, by the upper bits of `bits`.
#[inline(always)]
fn descend<I: Image + ?Sized>(image: &I, entry: u32, bits: u64, nodes: u32) -> u32 {
    let mut entry = entry;
    let mut bits = bits;
    let mut left = nodes;
    while left > 0 && entry & LEAF == 0 {
        entry = image.entry(entry, low_half(bits >> (64 - NODE_BITS)));
        bits <<= NODE_BITS;
        left = left.wrapping_sub(1);
    }
    entry
}
