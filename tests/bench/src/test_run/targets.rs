//! What the figures have to be.

use anyhow::{Context as _, Result};

use super::{
    case::Case,
    measured::{Measured, Sample},
};
use crate::{
    report::{Target, Unit},
    sets::{Kind, SIZES},
    trace::{Family, Packets},
};

/// A known answer, against only writing.
const AGAINST_FLOOR: f64 = 1.4;

/// The largest set against one policy.
const GROWTH: [(Packets, f64); 2] = [(Packets::Cached, 1.05), (Packets::Uncached, 3.0)];

const LARGEST: usize = SIZES[SIZES.len() - 1];

/// The targets with what was measured.
pub(super) fn all(measured: &Measured) -> Result<Vec<Target>> {
    let floors = Family::ALL.into_iter().map(|family| against_floor(measured, family));
    let growths = GROWTH.into_iter().flat_map(|(packets, limit)| {
        let pairs = Family::ALL.into_iter().flat_map(|family| Kind::ALL.map(|kind| (family, kind)));
        pairs.map(move |(family, kind)| {
            let case = Case { family, packets, kind, size: LARGEST };
            Ok(against_one(measured, case, limit))
        })
    });
    floors.into_iter().chain(growths).collect()
}

/// Of the largest median.
fn against_floor(measured: &Measured, family: Family) -> Result<Target> {
    let packets = Packets::Cached;
    let sets = Kind::ALL.into_iter().flat_map(|kind| SIZES.map(|size| (kind, size)));
    let spreads = sets.map(|(kind, size)| {
        measured.spread(Case { family, packets, kind, size }, Sample::against_floor)
    });
    let largest = spreads.max_by(|one, other| one.median.total_cmp(&other.median));
    let what = format!("the program alone, cached, {}, any N, against the floor", family.name());
    let largest = largest.context("nothing was measured")?;
    Ok(Target::at_most(AGAINST_FLOOR, what, largest, Unit::Ratio))
}

fn against_one(measured: &Measured, case: Case, limit: f64) -> Target {
    let Case { family, packets, kind, size } = case;
    let what = format!(
        "the program alone, {}, {}, {}, N = {size} against N = 1",
        packets.name(),
        family.name(),
        kind.name()
    );
    Target::at_most(limit, what, measured.growth(case), Unit::Ratio)
}
