//! Rules that are equal in steps 1 to 8 and can match the same packet: only their place decides.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::{
    CgroupPattern,
    expand::Rule,
    rank::{Rank, Step},
};

/// Two policies, by index, that only their place decides between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The one that wins.
    pub winner: usize,
    /// The one that loses.
    pub loser: usize,
}

/// For each policy that loses by its place alone, the first policy that it loses against.
/// `rules` stand in winning order.
pub fn conflicts(rules: &[(Rank, Rule)]) -> Vec<Conflict> {
    conflicts_of(rules, |_, _| true)
}

/// The same with only those winners and losers that `counts` says yes to.
pub fn conflicts_of(
    rules: &[(Rank, Rule)],
    counts: impl Fn(usize, usize) -> bool,
) -> Vec<Conflict> {
    let mut found = BTreeMap::new();
    let same_class =
        |(one, _): &(Rank, Rule), (other, _): &(Rank, Rule)| one.compare(other).1 == Step::Place;
    for class in rules.chunk_by(same_class) {
        for (index, (_, loser)) in class.iter().enumerate() {
            if found.contains_key(&loser.policy) {
                continue;
            }
            let winner = class[..index]
                .iter()
                .find(|(_, winner)| counts(winner.policy, loser.policy) && overlap(winner, loser));
            if let Some((_, winner)) = winner {
                found.insert(loser.policy, winner.policy);
            }
        }
    }
    found.into_iter().map(|(loser, winner)| Conflict { winner, loser }).collect()
}

/// Whether a packet can satisfy both rules, which set the same conditions equally narrowly.
fn overlap(one: &Rule, other: &Rule) -> bool {
    let ports = |a: &[super::PortRange], b: &[super::PortRange]| {
        any_pair(a, b, |a, b| a.low <= b.high && b.low <= a.high)
    };
    any_pair(&one.users, &other.users, |a, b| a == b)
        && any_pair(&one.groups, &other.groups, |_, _| true)
        && any_pair(&one.applications, &other.applications, |a, b| a == b)
        && any_pair(&one.hosts, &other.hosts, |a, b| a == b)
        && any_pair(&one.urls, &other.urls, |a, b| a == b)
        && any_pair(&one.cgroups, &other.cgroups, same_cgroup)
        && any_pair(&one.protocols, &other.protocols, |a, b| a == b)
        && ports(&one.source_ports, &other.source_ports)
        && ports(&one.destination_ports, &other.destination_ports)
        && [true, false].into_iter().any(|v4| {
            let nets = |a: &[IpNet], b: &[IpNet]| {
                any_pair(a, b, |a, b| a == b && matches!(a, IpNet::V4(_)) == v4)
            };
            nets(&one.sources, &other.sources) && nets(&one.destinations, &other.destinations)
        })
}

/// Whether some pair satisfies `meet`, or neither list is set.
fn any_pair<T>(one: &[T], other: &[T], meet: impl Fn(&T, &T) -> bool) -> bool {
    (one.is_empty() && other.is_empty()) || one.iter().any(|a| other.iter().any(|b| meet(a, b)))
}

/// Whether two patterns of the same depth can name the same cgroup.
fn same_cgroup(one: &CgroupPattern, other: &CgroupPattern) -> bool {
    let mut pairs = one.elements().iter().zip(other.elements());
    pairs.all(|(a, b)| a == b || a == "*" || b == "*")
}
