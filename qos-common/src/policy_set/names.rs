//! The vector of the name that a connection calls its destination by: that of the name itself, or of
//! the longest suffix below which a policy names all. The builder has put the bits of what covers a key
//! into its vector.

use super::{Image, layout, table};
use crate::{
    executable::mix,
    narrow::low_half,
    request::{MAX_LABELS, Request},
};

/// In the place of a vector: the connection names nobody, and its destination's address decides.
pub const BY_ADDRESS: u32 = 0;

/// The most steps of a search.
pub const MAX_STEPS: u32 = low_half(MAX_LABELS as u64);

/// The key of the host of this suffix ([`crate::request::key::suffix`]), or of all `below` it.
#[inline(always)]
pub const fn key(suffix: u64, below: bool) -> u64 {
    mix(suffix, below as u64)
}

/// Whether a request says whom it asks.
#[inline(always)]
pub const fn says(request: &Request) -> bool {
    request.labels != 0
}

/// The state of the search from the whole name to its last label; [`Search::step`] is the body of the
/// loop.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Search {
    /// How many labels are left out.
    level: u32,
    vector: u32,
}

impl Search {
    /// A search that has found nothing yet.
    #[inline(always)]
    pub fn new<I: Image + ?Sized>(image: &I) -> Self {
        Self { level: low_half(image.opaque(0)), vector: image.header(layout::NAMES.absent()) }
    }

    /// Looks at one suffix of the host that `request` names. True when the search is over.
    #[inline(always)]
    pub fn step<I: Image + ?Sized>(&mut self, image: &I, request: &Request) -> bool {
        let level = self.level;
        let Some(suffix) = request.suffixes.get(level as usize) else { return true };
        if level >= request.labels {
            return true;
        }
        self.level = level.wrapping_add(1);
        let found = table::get(image, layout::NAMES, key(*suffix, level != 0));
        self.vector = found.unwrap_or(self.vector);
        found.is_some()
    }

    /// The vector that was found, or that of names that no policy names.
    #[inline(always)]
    pub const fn vector(&self) -> u32 {
        self.vector
    }
}
