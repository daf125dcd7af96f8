//! What was measured, and how to ask for it.

use anyhow::Result;

use super::case::{Bed, Case};
use crate::{rounds::Spread, sets::SIZES};

/// Nanoseconds a packet in one round, with what it takes to put it in place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) empty: f64,
    pub(super) floor: f64,
    pub(super) ours: f64,
}

impl Sample {
    pub(super) fn take(bed: &mut Bed) -> Result<Self> {
        let Bed { lane, empty, floor, ours } = bed;
        Ok(Self { empty: lane.cost(empty)?, floor: lane.cost(floor)?, ours: lane.cost(ours)? })
    }

    /// The least of several, for each program by itself.
    pub(super) fn least(samples: &[Self]) -> Option<Self> {
        samples.iter().copied().reduce(|one, other| Self {
            empty: one.empty.min(other.empty),
            floor: one.floor.min(other.floor),
            ours: one.ours.min(other.ours),
        })
    }

    pub(super) fn floor_alone(&self) -> f64 {
        self.floor - self.empty
    }

    pub(super) fn ours_alone(&self) -> f64 {
        self.ours - self.empty
    }

    pub(super) fn against_floor(&self) -> f64 {
        self.ours_alone() / self.floor_alone()
    }
}

/// All that was measured.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) cases: Vec<Case>,
    /// For each case.
    pub(super) samples: Vec<Vec<Sample>>,
}

impl Measured {
    /// What `of` says of the case's samples.
    pub(super) fn spread(&self, case: Case, of: fn(&Sample) -> f64) -> Spread {
        Spread::of(self.samples(case).iter().map(of))
    }

    /// What ours takes against what it takes with one policy.
    pub(super) fn growth(&self, case: Case) -> Spread {
        let one = self.samples(Case { size: SIZES[0], ..case });
        let pairs = self.samples(case).iter().zip(one);
        Spread::of(pairs.map(|(own, one)| own.ours_alone() / one.ours_alone()))
    }

    fn samples(&self, case: Case) -> &[Sample] {
        let place = self.cases.iter().position(|one| *one == case);
        place.map_or(&[], |place| &self.samples[place])
    }
}
