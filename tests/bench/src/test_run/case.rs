//! What is measured: a policy set, and the packets that the program sees with it.

use anyhow::{Context as _, Result};
use aya::programs::ProgramFd;
use qos_loader::policy::Policy;

use crate::{
    lane::Lane,
    programs::Programs as Others,
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

    /// Our program with this set, as it meets each of [`Packets::ALL`].
    pub(super) fn load(&self) -> Result<Programs> {
        let program = |packets: Packets| packets.enforced(&self.policies)?.program();
        Packets::ALL.into_iter().map(|packets| Ok((packets, program(packets)?))).collect()
    }
}

/// Our program for each kind of packets.
pub(super) type Programs = Vec<(Packets, ProgramFd)>;

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
    pub(super) fn new(track: &Track, others: &mut Others, ours: &[Programs]) -> Result<Self> {
        let ours = ours[track.set].iter().find(|(packets, _)| *packets == track.case.packets);
        let (_, ours) = ours.context("no program")?;
        Ok(Self {
            lane: Lane::new(&track.frames)?,
            empty: others.descriptor("empty")?,
            floor: others.floor(track.case.family)?,
            ours: ours.try_clone()?,
        })
    }
}
