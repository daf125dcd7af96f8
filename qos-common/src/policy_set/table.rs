//! Hash tables of 64-bit keys with open addressing: a slot is two words, key and vector offset.
//! The builder makes the table large enough that no key is further than [`PROBES`] slots from its
//! place. A vector offset of 0 is an empty slot.

use super::Image;
use crate::narrow::low_half;

/// The longest way from a key's place to its slot.
pub const PROBES: u32 = 8;

/// Where the header describes a hash table: three words.
#[derive(Clone, Copy, Debug)]
pub struct HashHeader {
    /// The first of the three words.
    pub start: u32,
}

impl HashHeader {
    /// The word with the table's offset.
    pub const fn table(self) -> u32 {
        self.start
    }

    /// The word with the number of slots less one.
    pub const fn mask(self) -> u32 {
        self.start.wrapping_add(1)
    }

    /// The word with the vector of keys that are not in the table.
    pub const fn absent(self) -> u32 {
        self.start.wrapping_add(2)
    }
}

/// Where `key` belongs, before masking (Fibonacci hashing: the golden ratio's upper bits).
#[inline(always)]
pub const fn place(key: u64) -> u32 {
    low_half(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32)
}

/// The vector of `key`, or `None` where the table does not have it.
#[inline(always)]
pub fn get<I: Image + ?Sized>(image: &I, header: HashHeader, key: u64) -> Option<u32> {
    let table = image.header(header.table());
    let mask = image.header(header.mask());
    let mut slot = place(key);
    // 0 until it is found.
    let mut found = 0;
    image.repeat(PROBES, || {
        let at = table.wrapping_add((slot & mask).wrapping_mul(2));
        let vector = image.header(at.wrapping_add(1));
        if vector == 0 {
            return true;
        }
        if image.word(at) == key {
            found = vector;
            return true;
        }
        slot = slot.wrapping_add(1);
        false
    });
    (found != 0).then_some(found)
}
