//! What was measured, and how to ask for it.

use super::{Peers, Subject};
use crate::rounds::Spread;

/// What was measured in each round, and with which of the veth pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) peers: Peers,
    pub(super) subject: Subject,
    pub(super) size: usize,
    pub(super) bed: usize,
}

/// What a packet took in one round, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Without the subject, just before and just after.
    base: f64,
    /// So much more with it.
    added: f64,
}

impl Sample {
    pub(super) fn new(with: f64, before: f64, after: f64) -> Self {
        let base = f64::midpoint(before, after);
        Self { base, added: with - base }
    }
}

/// All that was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(super) cases: Vec<Case>,
    /// For each case.
    pub(super) samples: Vec<Vec<Sample>>,
}

impl Measured {
    /// Nanoseconds that a packet takes more with `subject` than without. For what has no policies
    /// `size` does not matter.
    pub(crate) fn added(&self, subject: Subject, size: usize, peers: Peers) -> Spread {
        Spread::of(self.samples(subject, size, peers).iter().map(|sample| sample.added))
    }

    /// What one adds against what another one adds.
    pub(crate) fn ratio(&self, one: Subject, other: Subject, size: usize, peers: Peers) -> Spread {
        let [one, other] = [one, other].map(|subject| self.samples(subject, size, peers));
        Spread::of(one.iter().zip(other).map(|(one, other)| one.added / other.added))
    }

    /// Nanoseconds that a packet takes with nothing at the egress.
    pub(crate) fn base(&self, peers: Peers) -> Spread {
        let samples = self.samples(Subject::Empty, 0, peers);
        Spread::of(samples.iter().map(|sample| sample.base))
    }

    fn samples(&self, subject: Subject, size: usize, peers: Peers) -> &[Sample] {
        let is_wanted = |case: &Case| {
            case.subject == subject
                && case.peers == peers
                && (case.size == size || !subject.has_policies())
        };
        let place = self.cases.iter().position(is_wanted);
        place.map_or(&[], |place| &self.samples[place])
    }
}
