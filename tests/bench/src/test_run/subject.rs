//! What is measured: a program, and the packets that it sees.

use anyhow::Result;
use aya::programs::ProgramFd;
use qos_loader::{
    kernel::{Dataplane, LinkKind, LogLevel},
    policy::{compile::compile, rank::ranked, resolve::Resolved},
};
use qos_tests::generate::machine::SyntheticMachine;

use crate::{
    sets::Kind,
    trace::{self, Family},
};

/// Our program with a set in force.
pub(super) struct Ours {
    pub(super) kind: Kind,
    pub(super) size: usize,
    pub(super) program: ProgramFd,
    /// For each family, different packets, and the one.
    frames: [(Vec<Vec<u8>>, Vec<Vec<u8>>); 2],
    /// The program runs while this lives.
    _dataplane: Dataplane,
}

impl Ours {
    pub(super) fn new(kind: Kind, size: usize) -> Result<Self> {
        let policies = kind.policies(size);
        let slots: Vec<u32> = (0..).take(size).collect();
        let resolved = Resolved::new(&policies, &SyntheticMachine::new(1));
        let image = compile(&ranked(&policies), &policies, &slots, &resolved, 1)
            .map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let mut dataplane =
            Dataplane::load(LogLevel::Off).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        dataplane.replace(&image).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let program = dataplane
            .program(LinkKind::Ethernet)
            .map_err(|error| anyhow::anyhow!("{error:?}"))?
            .fd()?
            .try_clone()?;
        let frames =
            Family::ALL.map(|family| (trace::many(family, &policies), vec![trace::one(family)]));
        Ok(Self { kind, size, program, frames, _dataplane: dataplane })
    }
}

/// What runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A program that does nothing.
    Nothing,
    /// A program that only writes.
    Floor,
    /// Ours, with the set of this index.
    Ours(usize),
}

/// What it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packets {
    /// The same packet again and again, not yet marked, so that each is written and the socket
    /// knows the answer.
    One,
    /// Each time another flow than the time before, so that the socket never knows it.
    Many,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) what: What,
    pub(super) family: Family,
    pub(super) packets: Packets,
}

impl Subject {
    pub(super) fn frames<'a>(&self, sets: &'a [Ours]) -> &'a [Vec<u8>] {
        let set = match self.what {
            What::Nothing | What::Floor => &sets[0],
            What::Ours(set) => &sets[set],
        };
        let (many, one) = &set.frames[usize::from(self.family == Family::V6)];
        match self.packets {
            Packets::One => one,
            Packets::Many => many,
        }
    }
}

/// Everything that is measured.
pub(super) fn all(sets: &[Ours]) -> Vec<Subject> {
    let mut all = Vec::new();
    for family in Family::ALL {
        for packets in [Packets::One, Packets::Many] {
            let mut add = |what| all.push(Subject { what, family, packets });
            add(What::Nothing);
            if packets == Packets::One {
                add(What::Floor);
            }
            (0..sets.len()).for_each(|set| add(What::Ours(set)));
        }
    }
    all
}
