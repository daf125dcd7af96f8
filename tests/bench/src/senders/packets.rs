//! A packet whose answer the socket knows, with policies for applications and without.

use anyhow::Result;

use super::policies;
use crate::{
    enforced::Enforced,
    lane::Lane,
    report::{Cell, Table, Target, Unit},
    rounds::{Spread, interleaved},
    trace::{Family, Packets},
};

/// In each everything is loaded anew.
const ROUNDS: usize = 9;
const PASSES: usize = 11;
/// With policies for applications against without.
const LIMIT: f64 = 1.2;

/// Nanoseconds a packet: with an empty program, without policies for applications, and with some.
type Sample = [f64; 3];

pub(super) struct Measured(Vec<(Family, Vec<Sample>)>);

pub(super) fn measure() -> Result<Measured> {
    let mut measured = Family::ALL.map(|family| (family, Vec::new()));
    for _ in 0..ROUNDS {
        let mut others = crate::programs::Programs::load()?;
        let [without, with] = policies();
        let mut ours = [Enforced::new(&without)?, Enforced::new(&with)?];
        for (family, samples) in &mut measured {
            let mut lane = Lane::new(&Packets::Cached.frames(*family, &without))?;
            let [without, with] = &mut ours;
            let subjects = [others.descriptor("empty")?, without.program()?, with.program()?];
            let costs = interleaved(&subjects, PASSES, |subject| lane.cost(subject))?;
            let least = |costs: &Vec<f64>| costs.iter().copied().fold(f64::INFINITY, f64::min);
            let least: Vec<f64> = costs.iter().map(least).collect();
            samples.extend(<Sample>::try_from(least));
        }
    }
    Ok(Measured(measured.into()))
}

impl Measured {
    pub(super) fn table(&self) -> Table {
        let rows = self.0.iter().map(|(family, samples)| {
            let spread = |of: fn(&Sample) -> f64| Spread::of(samples.iter().map(of));
            vec![
                Cell::Text(family.name().to_owned()),
                Cell::Measured(spread(|[empty, without, _]| without - empty), Unit::Nanoseconds),
                Cell::Measured(spread(|[empty, _, with]| with - empty), Unit::Nanoseconds),
                Cell::Measured(spread(ratio), Unit::Ratio),
            ]
        });
        Table {
            name: "cached packets".to_owned(),
            titles: ["ns a packet", "no application", "an application", "ratio"]
                .map(str::to_owned)
                .into(),
            rows: rows.collect(),
        }
    }

    pub(super) fn targets(&self) -> Vec<Target> {
        let target = |(family, samples): &(Family, Vec<Sample>)| {
            let name = family.name();
            let what = format!("cached, {name}, with a policy for an application against without");
            Target::at_most(LIMIT, what, Spread::of(samples.iter().map(ratio)), Unit::Ratio)
        };
        self.0.iter().map(target).collect()
    }
}

fn ratio([empty, without, with]: &Sample) -> f64 {
    (with - empty) / (without - empty)
}
