//! What the figures have to be.

use super::{Measured, Peers, Subject};
use crate::report::{Target, Unit};

/// What ours adds may be at most so much of what another one adds.
const LIMITS: [(Peers, Subject, Subject, usize, f64); 10] = [
    (Peers::One, Subject::Ours, Subject::NftRule, 1, 0.6),
    (Peers::One, Subject::Ours, Subject::NftRule, 64, 0.6),
    (Peers::One, Subject::Ours, Subject::NftRule, 1_000, 0.6),
    (Peers::One, Subject::Ours, Subject::NftRule, 10_000, 0.6),
    (Peers::One, Subject::Ours, Subject::NftMap, 1, 0.3),
    (Peers::One, Subject::Ours, Subject::NftMap, 10_000, 0.06),
    (Peers::Many, Subject::OursAnew, Subject::NftMap, 1, 0.7),
    (Peers::Many, Subject::OursAnew, Subject::NftMap, 10_000, 0.2),
    // What the table of flows is for: no slower than without, and less than that with many policies.
    (Peers::Many, Subject::Ours, Subject::OursAnew, 1, 1.1),
    (Peers::Many, Subject::Ours, Subject::OursAnew, 10_000, 0.9),
];

/// The targets with what was measured.
pub(super) fn targets(measured: &Measured) -> Vec<Target> {
    let target = |(peers, ours, other, size, limit): (Peers, Subject, Subject, usize, f64)| {
        let [name, against] = [ours, other].map(Subject::name);
        let what = format!("{}, N = {size}, {name} against {against}", peers.name());
        let ratio = measured.ratio(ours, other, size, peers);
        Target::at_most(limit, what, ratio, Unit::Ratio)
    };
    LIMITS.map(target).into()
}
