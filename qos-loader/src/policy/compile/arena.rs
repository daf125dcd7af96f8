//! The image's memory, and bit vectors of rules in it: equal vectors and equal blocks are one.

use std::collections::HashMap;

use qos_common::policy_set::{Dimension, layout, vector};

use super::rule_set::{Block, RuleSet};

/// A vector of the most groups, as it stands in the image; of a smaller set the last words are 0.
type Vector = [u64; (vector::GROUPS * vector::GROUP_WORDS) as usize];

/// The image: words, and where in them each vector and block already stands.
#[derive(Debug)]
pub(super) struct Arena {
    words: Vec<u64>,
    blocks: HashMap<Block, u32>,
    vectors: HashMap<Vector, u32>,
    /// Where the block of no rules stands.
    none: u32,
    /// The words of each vector.
    vector_words: usize,
}

impl Arena {
    /// An image for `rules` rules, with a header and the block of no rules.
    pub(super) fn new(rules: usize) -> Self {
        let words = vec![0; layout::HEADER_WORDS as usize];
        let groups = rules.div_ceil(64 * vector::SPAN as usize);
        let mut image = Self {
            words,
            blocks: HashMap::new(),
            vectors: HashMap::new(),
            none: 0,
            vector_words: groups * vector::GROUP_WORDS as usize,
        };
        image.set_header(layout::GROUPS, groups as u64);
        image.none = image.intern_block(Block::default());
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
    pub(super) fn intern(&mut self, set: &mut RuleSet) -> u32 {
        set.place(|block| self.intern_block(block));
        let offsets = set.offsets.map(|offset| if offset == 0 { self.none } else { offset });
        let groups = set.summary.iter().zip(offsets.chunks(vector::BLOCKS as usize));
        let words =
            groups.flat_map(|(summary, offsets)| [*summary].into_iter().chain(pack(offsets)));
        let mut vector: Vector = [0; (vector::GROUPS * vector::GROUP_WORDS) as usize];
        vector[..self.vector_words].iter_mut().zip(words).for_each(|(to, word)| *to = word);
        if let Some(offset) = self.vectors.get(&vector) {
            return *offset;
        }
        let offset = self.push_words(&vector[..self.vector_words]);
        self.vectors.insert(vector, offset);
        offset
    }

    fn intern_block(&mut self, block: Block) -> u32 {
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
        self.words.resize(self.words.len().next_multiple_of(Block::default().len()), 0);
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
