//! What the figures have to be.

use super::{Measured, Peers, Subject};
use crate::report::{Target, Unit};

/// What ours adds may be at most so much of what another one adds.
const LIMITS: [(Peers, Subject, usize, f64); 8] = [
    (Peers::One, Subject::NftRule, 1, 0.6),
    (Peers::One, Subject::NftRule, 64, 0.6),
    (Peers::One, Subject::NftRule, 1_000, 0.6),
    (Peers::One, Subject::NftRule, 10_000, 0.6),
    (Peers::One, Subject::NftMap, 1, 0.3),
    (Peers::One, Subject::NftMap, 10_000, 0.06),
    (Peers::Many, Subject::NftMap, 1, 0.7),
    (Peers::Many, Subject::NftMap, 10_000, 0.2),
];

/// The targets with what was measured.
pub(super) fn targets(measured: &Measured) -> Vec<Target> {
    let target = |(peers, other, size, limit): (Peers, Subject, usize, f64)| {
        let what = format!("{}, N = {size}, against {}", peers.name(), other.name());
        let ratio = measured.ratio(Subject::Ours, other, size, peers);
        Target::at_most(limit, what, ratio, Unit::Ratio)
    };
    LIMITS.map(target).into()
}
