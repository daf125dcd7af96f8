//! The image's memory, and bit vectors of rules in it: equal vectors and equal blocks are one.

use std::collections::HashMap;

use qos_common::policy_set::{Dimension, layout, vector};

use super::rule_set::RuleSet;

const BLOCK: usize = vector::BLOCK_WORDS as usize;
const SPAN: usize = vector::SPAN as usize;

/// The image: words, and where in them each vector and block already stands.
#[derive(Debug)]
pub(super) struct Arena {
    words: Vec<u64>,
    blocks: HashMap<[u64; BLOCK], u32>,
    vectors: HashMap<Vec<u64>, u32>,
}

impl Arena {
    /// An image for `rules` rules, with a header and the block of no rules.
    pub(super) fn new(rules: usize) -> Self {
        let words = vec![0; layout::HEADER_WORDS as usize];
        let mut image = Self { words, blocks: HashMap::new(), vectors: HashMap::new() };
        image.set_header(layout::GROUPS, rules.div_ceil(64 * SPAN) as u64);
        image
    }

    /// Sets a word of the header.
    pub(super) fn set_header(&mut self, index: u32, word: u64) {
        self.words[index as usize] = word;
    }

    /// Notes that some rule looks at `dimension`.
    pub(super) fn mark_used(&mut self, dimension: Dimension) {
        self.words[layout::USED as usize] |= dimension.bit();
    }

    /// The offset of the vector of `set`.
    pub(super) fn intern(&mut self, set: &RuleSet) -> u32 {
        let mut vector = Vec::new();
        for group in set.words().chunks(SPAN) {
            let set = group.iter().enumerate().filter(|(_, word)| **word != 0);
            vector.push(set.fold(0, |summary, (index, _)| summary | 1 << index));
            let mut offsets = Vec::with_capacity(vector::BLOCKS as usize);
            for words in group.chunks(BLOCK) {
                let mut block = [0; BLOCK];
                block[..words.len()].copy_from_slice(words);
                offsets.push(self.intern_block(block));
            }
            let none = self.intern_block([0; BLOCK]);
            offsets.resize(vector::BLOCKS as usize, none);
            vector.extend(pack(&offsets));
        }
        if let Some(offset) = self.vectors.get(&vector) {
            return *offset;
        }
        let offset = self.push_words(&vector);
        self.vectors.insert(vector, offset);
        offset
    }

    fn intern_block(&mut self, block: [u64; BLOCK]) -> u32 {
        if let Some(offset) = self.blocks.get(&block) {
            return *offset;
        }
        self.align();
        let offset = self.push_words(&block);
        self.blocks.insert(block, offset);
        offset
    }

    /// Fills up to the next cache line.
    pub(super) fn align(&mut self) {
        self.words.resize(self.words.len().next_multiple_of(BLOCK), 0);
    }

    /// Appends words; returns their offset.
    pub(super) fn push_words(&mut self, words: &[u64]) -> u32 {
        let offset = self.offset();
        self.words.extend_from_slice(words);
        offset
    }

    /// Appends a table of 32-bit entries; returns its offset.
    pub(super) fn push_entries(&mut self, entries: &[u32]) -> u32 {
        self.align();
        let offset = self.offset();
        self.words.extend(pack(entries));
        offset
    }

    /// The image's words.
    pub(super) fn finish(self) -> Vec<u64> {
        self.words
    }

    /// Where the next word will stand. Images beyond 2^31 words are refused long before.
    fn offset(&self) -> u32 {
        u32::try_from(self.words.len()).unwrap_or(u32::MAX)
    }
}

/// Two entries a word, the lower half first.
fn pack(entries: &[u32]) -> impl Iterator<Item = u64> {
    let half = |pair: &[u32], index: usize| u64::from(pair.get(index).copied().unwrap_or(0));
    entries.chunks(2).map(move |pair| half(pair, 0) | half(pair, 1) << 32)
}
