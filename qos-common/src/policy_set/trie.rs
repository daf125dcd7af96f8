//! Longest-prefix match: a root of 4,096 entries for the first 12 bits, then nodes of 16 entries
//! for 4 bits each. A node is a cache line. Where all longer prefixes go on with the same bits, a run
//! of them stands for the nodes that they would take: three words, the bits (the first one highest),
//! two entries (for addresses with these bits, and for others), and the number of bits, 4 to 64.
//!
//! An entry is the offset of a node, or has one of the bits below. No run crosses the middle of an
//! IPv6 address.

use super::Image;
use crate::{flow::Address, narrow::low_half};

/// The address bits that the root takes.
pub const ROOT_BITS: u32 = 12;
/// The address bits that each node behind it takes.
pub const NODE_BITS: u32 = 4;
/// Set in an entry that leads to a vector.
pub const LEAF: u32 = 1 << 31;
/// Set in an entry that leads to a run.
pub const RUN: u32 = 1 << 30;
/// Set beside [`RUN`] or alone in an entry that goes on with the lower half of an IPv6 address.
pub const LOWER: u32 = 1 << 29;

/// The vector that the longest prefix of `address` in the trie at word `root` leads to.
#[inline(always)]
pub fn lookup<I: Image + ?Sized>(image: &I, root: u32, address: &Address) -> u32 {
    const UPPER: u32 = (64 - ROOT_BITS) / NODE_BITS;
    let Address([upper, lower]) = *address;
    let entry = image.entry(root, low_half(upper >> (64 - ROOT_BITS)));
    let entry = descend(image, entry, upper << ROOT_BITS, UPPER);
    let entry = descend(image, entry & !LOWER, lower, 64 / NODE_BITS);
    entry & !LEAF
}

/// Follows up to `steps` nodes and runs from `entry`, by the upper bits of `bits`, to a leaf or the
/// end of the half.
#[inline(always)]
fn descend<I: Image + ?Sized>(image: &I, entry: u32, bits: u64, steps: u32) -> u32 {
    let mut entry = entry;
    let mut bits = bits;
    image.repeat(steps, || {
        if entry & (LEAF | LOWER) != 0 {
            return true;
        }
        if entry & RUN == 0 {
            entry = image.entry(entry, low_half(bits >> (64 - NODE_BITS)));
            bits <<= NODE_BITS;
        } else {
            let run = entry & !RUN;
            let length = image.header(run.wrapping_add(2));
            let differs = (bits ^ image.word(run)).wrapping_shr(64_u32.wrapping_sub(length)) != 0;
            entry = image.entry(run.wrapping_add(1), u32::from(differs));
            bits = bits.wrapping_shl(length);
        }
        entry = low_half(image.opaque(entry.into()));
        bits = image.opaque(bits);
        false
    });
    entry
}
