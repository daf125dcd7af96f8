//! What is measured: a policy set, and the packets that the program sees with it.

use anyhow::Result;
use aya::programs::ProgramFd;
use qos_loader::policy::Policy;

use crate::{
    enforced::Enforced,
    lane::Lane,
    programs::Programs,
    sets::Kind,
    trace::{Family, Packets},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) family: Family,
    pub(super) packets: Packets,
    pub(super) kind: Kind,
    pub(super) size: usize,
}

/// A policy set.
pub(super) struct Set {
    kind: Kind,
    policies: Vec<Policy>,
}

impl Set {
    pub(super) fn new(kind: Kind, size: usize) -> Self {
        Self { kind, policies: kind.policies(size) }
    }

    /// Our program with this set.
    pub(super) fn load(&self) -> Result<ProgramFd> {
        Enforced::new(&self.policies)?.program()
    }
}

/// A case's packets.
pub(super) struct Track {
    pub(super) case: Case,
    set: usize,
    frames: Vec<Vec<u8>>,
}

/// Every case; those with the same packets stand beside each other, for they are compared.
pub(super) fn tracks(sets: &[Set]) -> Vec<Track> {
    let mut tracks = Vec::new();
    for family in Family::ALL {
        for packets in Packets::ALL {
            for (set, Set { kind, policies }) in sets.iter().enumerate() {
                let case = Case { family, packets, kind: *kind, size: policies.len() };
                tracks.push(Track { case, set, frames: packets.frames(family, policies) });
            }
        }
    }
    tracks
}

/// A case's packets, loaded, and what sees them.
pub(super) struct Bed {
    pub(super) lane: Lane,
    pub(super) empty: ProgramFd,
    pub(super) floor: ProgramFd,
    pub(super) ours: ProgramFd,
}

impl Bed {
    /// `ours` is our program with each of the sets.
    pub(super) fn new(track: &Track, others: &mut Programs, ours: &[ProgramFd]) -> Result<Self> {
        Ok(Self {
            lane: Lane::new(&track.frames)?,
            empty: others.descriptor("empty")?,
            floor: others.floor(track.case.family)?,
            ours: ours[track.set].try_clone()?,
        })
    }
}
