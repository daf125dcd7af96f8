//! The first rule that is set in every vector: summaries are combined first, and only words in
//! which every vector has some rule are looked at. A sender of several groups is scanned for each.

use super::{DIMENSIONS, Image, layout, lookup, vector};

/// Steps until every word of the largest set has been seen.
pub const MAX_STEPS: u32 = vector::MAX_RULES / 64 + vector::GROUPS + 1;

const NOT_FOUND: u32 = u32::MAX;

/// The state of a scan; [`Scan::step`] is the body of the loop.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Scan {
    vectors: [u32; DIMENSIONS],
    /// The next group.
    group: u32,
    /// What is left of the combined summaries of the group before it.
    pending: u64,
    found: u32,
}

impl Scan {
    /// A scan over `vectors`, those of [`lookup::vectors`].
    #[inline(always)]
    pub const fn new(vectors: [u32; DIMENSIONS]) -> Self {
        Self { vectors, group: 0, pending: 0, found: NOT_FOUND }
    }

    /// Starts anew for a sender in the group of `bit`; what was found before stays if it is better.
    #[inline(always)]
    pub fn restart_in_group<I: Image + ?Sized>(&mut self, image: &I, bit: u32) {
        let [.., group] = &mut self.vectors;
        *group = lookup::group_vector(image, bit);
        (self.group, self.pending) = (0, 0);
    }

    /// Looks at the next word of rules, of the next group if this one has none left. True when the
    /// scan is over.
    #[inline(always)]
    pub fn step<I: Image + ?Sized>(&mut self, image: &I) -> bool {
        if self.pending == 0 {
            if self.group >= image.header(layout::GROUPS) {
                return true;
            }
            self.pending = self.summary(image, self.group);
            self.group = self.group.wrapping_add(1);
            if self.pending == 0 {
                return false;
            }
        }
        let pending = image.opaque(self.pending);
        let before = self.group.wrapping_sub(1).wrapping_mul(vector::SPAN);
        let index = before.wrapping_add(lowest_bit(pending));
        self.pending = image.opaque(pending & pending.wrapping_sub(1));
        let rules = self.rules(image, index);
        if rules == 0 {
            return self.pending == 0 && self.group >= image.header(layout::GROUPS);
        }
        self.found = self.found.min(index.wrapping_mul(64).wrapping_add(lowest_bit(rules)));
        true
    }

    /// The number of the rule, or `None` if none matches.
    #[inline(always)]
    pub fn found(&self) -> Option<u32> {
        (self.found != NOT_FOUND).then_some(self.found)
    }

    /// The words in which all vectors have rules. They are combined in two halves: of all at once the
    /// compiler would keep more on the stack than there is room for.
    #[inline(always)]
    fn summary<I: Image + ?Sized>(&self, image: &I, group: u32) -> u64 {
        let (first, rest) = self.vectors.split_at(DIMENSIONS / 2);
        let common = |sum, &vector: &u32| sum & vector::summary(image, vector, group);
        match first.iter().fold(u64::MAX, common) {
            0 => 0,
            sum => rest.iter().fold(sum, common),
        }
    }

    /// The rules that all vectors have of this word. Most words have none that a few of the vectors
    /// agree on: the others are spared then, and the cache lines that they would take.
    #[inline(always)]
    fn rules<I: Image + ?Sized>(&self, image: &I, index: u32) -> u64 {
        let mut rules = u64::MAX;
        for &vector in &self.vectors {
            rules &= vector::rules(image, vector, index);
            if rules == 0 {
                break;
            }
        }
        rules
    }
}

/// The index of the lowest set bit by a de Bruijn sequence (Leiserson, Prokop, Randall 1998): BPF
/// has no instruction for it. Of 0 it is 0.
#[inline(always)]
pub(super) fn lowest_bit(word: u64) -> u32 {
    const SEQUENCE: u64 = 0x03f7_9d71_b4cb_0a89;
    static INDEX: [u8; 64] = [
        0, 1, 48, 2, 57, 49, 28, 3, 61, 58, 50, 42, 38, 29, 17, 4, 62, 55, 59, 36, 53, 51, 43, 22,
        45, 39, 33, 30, 24, 18, 12, 5, 63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23,
        11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9, 13, 8, 7, 6,
    ];
    let isolated = word & word.wrapping_neg();
    let [top, ..] = isolated.wrapping_mul(SEQUENCE).to_be_bytes();
    INDEX.get(usize::from(top >> 2)).copied().map_or(0, u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_bit_is_what_the_processor_says() {
        for bit in 0..64 {
            for noise in [0, u64::MAX, 0x5555_5555_5555_5555] {
                let word = (1_u64 << bit) | noise << bit;
                assert_eq!(lowest_bit(word), word.trailing_zeros());
            }
        }
    }
}
