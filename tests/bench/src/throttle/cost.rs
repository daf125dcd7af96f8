//! A packet whose answer the socket knows, of a policy with a rate and of one without.

use anyhow::{Context as _, Result};
use qos_loader::policy::{Conditions, Rate, throttle::RateUnit};

use crate::{
    enforced::Enforced,
    lane::Lane,
    programs::Programs,
    report::{Cell, Table, Target, Unit},
    rounds::{Spread, interleaved},
    sets,
    trace::{Family, Packets},
};

/// In each everything is loaded anew.
const ROUNDS: usize = 9;
const PASSES: usize = 11;
/// With a rate against without.
const LIMIT: f64 = 2.0;

/// Nanoseconds a packet: with an empty program, without a rate, and with one.
type Sample = [f64; 3];

pub(super) struct Cost(Vec<Sample>);

pub(super) fn measure() -> Result<Cost> {
    let without = sets::policy(0, Conditions::default());
    let mut with = without.clone();
    with.actions.throttle = Some(Rate::new(100, RateUnit::Gbit).context("no rate")?);
    let mut samples = Vec::new();
    for _ in 0..ROUNDS {
        let mut others = Programs::load()?;
        let [mut without, mut with] = [
            Enforced::new(std::slice::from_ref(&without))?,
            Enforced::new(std::slice::from_ref(&with))?,
        ];
        let mut lane = Lane::new(&Packets::Cached.frames(Family::V4, &[]))?;
        let subjects = [others.descriptor("empty")?, without.program()?, with.program()?];
        let costs = interleaved(&subjects, PASSES, |subject| lane.cost(subject))?;
        let least = |costs: &Vec<f64>| costs.iter().copied().fold(f64::INFINITY, f64::min);
        let least: Vec<f64> = costs.iter().map(least).collect();
        samples.extend(<Sample>::try_from(least));
    }
    Ok(Cost(samples))
}

impl Cost {
    pub(super) fn table(&self) -> Table {
        let spread = |of: fn(&Sample) -> f64| Spread::of(self.0.iter().map(of));
        let row = vec![
            Cell::from("IPv4"),
            Cell::Measured(spread(|[empty, without, _]| without - empty), Unit::Nanoseconds),
            Cell::Measured(spread(|[empty, _, with]| with - empty), Unit::Nanoseconds),
            Cell::Measured(spread(ratio), Unit::Ratio),
        ];
        Table {
            name: "cached packets".to_owned(),
            titles: ["ns a packet", "no rate", "a rate", "ratio"].map(str::to_owned).into(),
            rows: vec![row],
        }
    }

    pub(super) fn target(&self) -> Target {
        let what = "cached, IPv4, of a policy with a rate against one without".to_owned();
        Target::at_most(LIMIT, what, Spread::of(self.0.iter().map(ratio)), Unit::Ratio)
    }
}

fn ratio([empty, without, with]: &Sample) -> f64 {
    (with - empty) / (without - empty)
}
