//! Sets of rules while the image is built.

use qos_common::policy_set::vector::{BLOCK_WORDS, BLOCKS, GROUPS};

/// The blocks of the largest set.
const ALL_BLOCKS: usize = (GROUPS * BLOCKS) as usize;

/// The words of 512 rules.
pub(super) type Block = [u64; BLOCK_WORDS as usize];

/// A set of rules, by number. It knows where the image has its blocks, until they change: sets are
/// made from one another, and most of their blocks stay as they are.
#[derive(Clone, Debug)]
pub(super) struct RuleSet {
    blocks: Vec<Block>,
    /// Where the image has each of them; 0 if that is not known.
    pub(super) offsets: [u32; ALL_BLOCKS],
    /// A bit for each word that has one set.
    pub(super) summary: [u64; GROUPS as usize],
}

impl RuleSet {
    /// An empty set that can hold the numbers below `rules`.
    pub(super) fn new(rules: usize) -> Self {
        let blocks = vec![Block::default(); rules.div_ceil(64 * Block::default().len())];
        Self { blocks, offsets: [0; ALL_BLOCKS], summary: [0; GROUPS as usize] }
    }

    pub(super) fn insert(&mut self, rule: usize) {
        let word = self.word(rule);
        *word |= 1 << (rule % 64);
        self.summary[rule / (64 * 64)] |= 1 << (rule / 64 % 64);
    }

    pub(super) fn remove(&mut self, rule: usize) {
        let word = self.word(rule);
        *word &= !(1 << (rule % 64));
        if *word == 0 {
            self.summary[rule / (64 * 64)] &= !(1 << (rule / 64 % 64));
        }
    }

    /// The word of `rule`, to be changed.
    fn word(&mut self, rule: usize) -> &mut u64 {
        let (block, word) = (rule / 64 / BLOCK_WORDS as usize, rule / 64 % BLOCK_WORDS as usize);
        self.offsets[block] = 0;
        &mut self.blocks[block][word]
    }

    /// Looks for the offsets that are not known.
    pub(super) fn place(&mut self, mut offset: impl FnMut(Block) -> u32) {
        for (known, block) in self.offsets.iter_mut().zip(&self.blocks) {
            if *known == 0 {
                *known = offset(*block);
            }
        }
    }

    /// This set and `rules`.
    pub(super) fn with(&self, rules: impl IntoIterator<Item = usize>) -> Self {
        let mut set = self.clone();
        rules.into_iter().for_each(|rule| set.insert(rule));
        set
    }
}
