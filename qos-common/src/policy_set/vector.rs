//! A bit vector of rules in two levels. It consists of as many groups as the image has summary words.
//! A group is a summary word with a bit for each of 64 words of rules, set if one of that word's rules
//! is; then the offsets of the [`BLOCKS`] blocks of [`BLOCK_WORDS`] words that hold them. Blocks of
//! the same content are one block.

use super::Image;

/// The most groups in a vector.
pub const GROUPS: u32 = 4;
/// Words in a block: a cache line, 512 rules.
pub const BLOCK_WORDS: u32 = 8;
/// Blocks of a group.
pub const BLOCKS: u32 = SPAN / BLOCK_WORDS;
/// The length of a group in words: the summary, and two block offsets a word.
pub const GROUP_WORDS: u32 = 1 + BLOCKS / 2;
/// The words of rules that a group is about: one for each bit of its summary.
pub const SPAN: u32 = 64;
/// The most rules that a set can have.
pub const MAX_RULES: u32 = GROUPS * SPAN * 64;

/// The summary word of the group at `group` of the vector at word `vector`.
#[inline(always)]
pub fn summary<I: Image + ?Sized>(image: &I, vector: u32, group: u32) -> u64 {
    image.word(start(vector, group))
}

/// The word of rules at `index` (rules 64 × `index` and on) of the vector at word `vector`.
#[inline(always)]
pub fn rules<I: Image + ?Sized>(image: &I, vector: u32, index: u32) -> u64 {
    let offsets = start(vector, index / SPAN).wrapping_add(1);
    let block = image.entry(offsets, index % SPAN / BLOCK_WORDS);
    image.word(block.wrapping_add(index % BLOCK_WORDS))
}

#[inline(always)]
const fn start(vector: u32, group: u32) -> u32 {
    vector.wrapping_add(group.wrapping_mul(GROUP_WORDS))
}
