//! A bit vector of rules in two levels: [`SUMMARIES`] words with a bit for each word of rules that
//! has one set, then the offsets of [`BLOCKS`] blocks of [`BLOCK_WORDS`] words. Blocks of the same
//! content are one block.

use super::Image;

/// Summary words in a vector; a summary bit stands for 64 rules.
pub const SUMMARIES: u32 = 4;
/// Words in a block: a cache line, 512 rules.
pub const BLOCK_WORDS: u32 = 8;
/// Blocks in a vector.
pub const BLOCKS: u32 = 32;
/// The length of a vector in words: the summary, and two block offsets a word.
pub const WORDS: u32 = SUMMARIES + BLOCKS / 2;
/// The most rules that a set can have.
pub const MAX_RULES: u32 = BLOCKS * BLOCK_WORDS * 64;

/// The summary word at `index` of the vector at word `vector`.
#[inline(always)]
pub fn summary<I: Image + ?Sized>(image: &I, vector: u32, index: u32) -> u64 {
    image.word(vector.wrapping_add(index))
}

/// The word of rules at `index` (rules 64 × `index` and on) of the vector at word `vector`.
#[inline(always)]
pub fn rules<I: Image + ?Sized>(image: &I, vector: u32, index: u32) -> u64 {
    let block = image.entry(vector.wrapping_add(SUMMARIES), index / BLOCK_WORDS);
    image.word(block.wrapping_add(index % BLOCK_WORDS))
}
