//! Policies that can never win: rules of others that rank higher take every packet that they match.

use core::cell::Cell;
use std::collections::BTreeSet;

use super::{
    Application, CgroupPattern, HostPattern, UrlPattern,
    expand::Rule,
    nearby::Nearby,
    overlap,
    rank::Rank,
    region::{Headers, Region},
};

/// How many boxes a rule is cut into before it is left alone: then it may win or not.
const MOST_PIECES: usize = 4_096;

/// How many pairs of listed values are compared at most: what stands behind that in the winning order
/// may never win unseen.
const MOST_COMPARISONS: usize = 20_000_000;

/// A policy that never wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadowed {
    /// Its index.
    pub policy: usize,
    /// The policies that win in its place.
    pub by: BTreeSet<usize>,
}

/// The policies that never win, among `policies` of them. `rules` stand in winning order. A
/// policy that several others hide between them is found too, but not one that is hidden user by
/// user, or cgroup by cgroup.
pub fn shadowed(rules: &[(Rank, Rule)], policies: usize) -> Vec<Shadowed> {
    let mut hidden: Vec<Option<BTreeSet<usize>>> = vec![Some(BTreeSet::new()); policies];
    let mut above = Nearby::default();
    let comparisons = Cell::new(0_usize);
    for (index, (_, rule)) in rules.iter().enumerate() {
        // One rule that wins is enough.
        if let Some(by) = &mut hidden[rule.policy] {
            match hiding(rules, &above, rule, &comparisons) {
                Some(more) => by.extend(more),
                None => hidden[rule.policy] = None,
            }
        }
        above.insert(index, rule);
    }
    let all = hidden.into_iter().enumerate();
    let found = all.filter_map(|(policy, by)| Some(Shadowed { policy, by: by? }));
    found.filter(|shadowed| !shadowed.by.is_empty()).collect()
}

/// The policies that take all packets of `rule`, unless it has some of its own.
fn hiding(
    rules: &[(Rank, Rule)],
    above: &Nearby,
    rule: &Rule,
    comparisons: &Cell<usize>,
) -> Option<BTreeSet<usize>> {
    let taking = |packet: &Headers| {
        let near = above.of_packet(packet).map(|number| &rules[number].1).take_while(|one| {
            let more = overlap::comparisons(one, rule);
            comparisons.set(comparisons.get().saturating_add(more));
            comparisons.get() <= MOST_COMPARISONS
        });
        let mut others = near.filter(|one| one.policy != rule.policy && asks_no_more(one, rule));
        others.find_map(|one| Some((one, Region::around(one, packet)?)))
    };
    let mut by = BTreeSet::new();
    let mut looked_at = 0;
    for whole in Region::of(rule) {
        let mut pieces = vec![whole];
        while let Some(piece) = pieces.pop() {
            looked_at += 1;
            if looked_at > MOST_PIECES {
                return None;
            }
            // A box without a packet that can be is hidden anyway.
            let Some(packet) = piece.example() else { continue };
            let (other, region) = taking(&packet)?;
            by.insert(other.policy);
            pieces.extend(piece.minus(&region));
        }
    }
    Some(by)
}

/// Whether every sender that satisfies `rule` satisfies `one`.
fn asks_no_more(one: &Rule, rule: &Rule) -> bool {
    fn covers<T>(own: &[T], list: &[T], covers: impl Fn(&T, &T) -> bool) -> bool {
        let covered = |value: &T| own.iter().any(|one| covers(one, value));
        own.is_empty() || (!list.is_empty() && list.iter().all(covered))
    }
    covers(&one.users, &rule.users, PartialEq::eq)
        && covers(&one.groups, &rule.groups, PartialEq::eq)
        && covers(&one.applications, &rule.applications, Application::covers)
        && covers(&one.cgroups, &rule.cgroups, CgroupPattern::covers)
        && covers(&one.hosts, &rule.hosts, HostPattern::covers)
        && covers(&one.urls, &rule.urls, UrlPattern::covers)
}
