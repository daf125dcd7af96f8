//! What nothing was learned from.

use serde::{Deserialize, Serialize};

/// How much of what name servers and programs told each other nothing was learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// Packets, or parts of them, that came faster than they were read.
    pub no_room: u64,
    /// Packets and messages that are none, or have another question than one.
    pub unreadable: u64,
    /// Answers to no question that was seen, or to one that had its answer.
    pub unasked: u64,
    /// Streams of TCP of which the beginning or a part was not seen.
    pub streams: u64,
}

impl Unseen {
    /// Of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            no_room: self.no_room + other.no_room,
            unreadable: self.unreadable + other.unreadable,
            unasked: self.unasked + other.unasked,
            streams: self.streams + other.streams,
        }
    }
}
