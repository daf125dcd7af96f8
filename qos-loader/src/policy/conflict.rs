//! Rules that are equal in steps 1 to 8 and can match the same packet: only their place decides.

use std::collections::BTreeMap;

use super::{
    expand::Rule,
    nearby::Nearby,
    overlap::{self, Example},
    rank::{Rank, Step},
};

/// Two policies, by index, that only their place decides between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The one that wins.
    pub winner: usize,
    /// The one that loses.
    pub loser: usize,
    /// A packet that matches both.
    pub example: Example,
}

/// For each policy that loses by its place alone, the first policy that it loses against.
/// `rules` stand in winning order.
pub fn conflicts(rules: &[(Rank, Rule)]) -> Vec<Conflict> {
    conflicts_of(rules, |_, _| true)
}

/// How many pairs of listed values are compared at most. What stands behind that in the winning
/// order may conflict unseen: no set that people write comes near it.
const MOST_COMPARISONS: usize = 20_000_000;

/// The same with only those winners and losers that `counts` says yes to.
pub fn conflicts_of(
    rules: &[(Rank, Rule)],
    counts: impl Fn(usize, usize) -> bool,
) -> Vec<Conflict> {
    let mut found = BTreeMap::new();
    let mut comparisons = 0_usize;
    let same_class =
        |(one, _): &(Rank, Rule), (other, _): &(Rank, Rule)| one.compare(other).1 == Step::Place;
    for class in rules.chunk_by(same_class) {
        let mut above = Nearby::default();
        for (index, (_, loser)) in class.iter().enumerate() {
            if !found.contains_key(&loser.policy) {
                let near = above.of_rule(loser).map(|winner| &class[winner].1);
                // Rules of one policy are equal in what is not compared beside a URL.
                let near = near.filter(|winner| {
                    winner.policy != loser.policy && counts(winner.policy, loser.policy)
                });
                let mut near = near.take_while(|winner| {
                    comparisons = comparisons.saturating_add(overlap::comparisons(winner, loser));
                    comparisons <= MOST_COMPARISONS
                });
                let winner =
                    near.find_map(|winner| Some((winner.policy, overlap::example(winner, loser)?)));
                found.extend(winner.map(|winner| (loser.policy, winner)));
            }
            above.insert(index, loser);
        }
    }
    let conflict = |(loser, (winner, example))| Conflict { winner, loser, example };
    found.into_iter().map(conflict).collect()
}
