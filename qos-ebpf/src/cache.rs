//! Answers that are kept: [`socket`] in the storage of the packet's socket, [`flows`] in a table. Both
//! guard them by a [`sequence`] lock, for two CPUs may send on one socket, or packets of one flow.

pub(crate) mod flows;
mod sequence;
pub(crate) mod socket;
