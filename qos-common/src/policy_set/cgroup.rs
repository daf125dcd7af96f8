//! The vector of the sender's cgroup: that of the deepest ancestor that a policy names, for the
//! builder has put the bits of the ancestors above it into the same vector.

use super::{Image, layout, table};
use crate::{narrow::low_half, sender::Sender};

/// Levels of the cgroup hierarchy that policies can name, the root's included.
pub const MAX_LEVELS: u32 = 32;

/// The state of the search from the deepest level up; [`Search::step`] is the body of the loop.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// One more than the next level to look at.
    level: u32,
    /// 0 until something is found.
    vector: u32,
}

impl Search {
    /// A search that has found nothing yet.
    #[inline(always)]
    pub fn new<I: Image + ?Sized>(image: &I) -> Self {
        let opaque = |value: u32| low_half(image.opaque(value.into()));
        Self { level: opaque(MAX_LEVELS), vector: opaque(0) }
    }

    /// Looks at one level. True when the search is over.
    #[inline(always)]
    pub fn step<I: Image + ?Sized, S: Sender + ?Sized>(&mut self, image: &I, sender: &S) -> bool {
        if self.level == 0 {
            return true;
        }
        self.level = self.level.wrapping_sub(1);
        let named = image.word(layout::CGROUP_LEVELS) & 1_u64.wrapping_shl(self.level) != 0;
        let id = if named { sender.cgroup(self.level) } else { None };
        match id.and_then(|id| table::get(image, layout::CGROUPS, id)) {
            Some(vector) => {
                self.vector = vector;
                true
            }
            None => false,
        }
    }

    /// The vector that was found, or that of cgroups that no policy names.
    #[inline(always)]
    pub fn vector<I: Image + ?Sized>(&self, image: &I) -> u32 {
        if self.vector == 0 { image.header(layout::CGROUPS.absent()) } else { self.vector }
    }
}
