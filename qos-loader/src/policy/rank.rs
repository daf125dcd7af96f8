//! The winning order of the contract's nine steps, as one comparison that can also say which step
//! decided.

use core::cmp::Ordering;

use super::{
    Policy,
    expand::{Rule, expand},
};

/// What decided between two rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// 1: a user over a group over neither.
    User = 1,
    /// 2: an application's path over its name over none.
    Application,
    /// 3: the deeper cgroup.
    Cgroup,
    /// 4: network conditions over a URL over neither.
    Class,
    /// 5: more network conditions.
    Count,
    /// 6: which network conditions are set.
    Which,
    /// 7: the longer prefix, the smaller port range.
    Narrowness,
    /// 8: the more specific URL.
    Url,
    /// 9: the higher layer, or the one that stands first.
    Place,
}

impl Step {
    /// The step's number in the contract.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What the step compares, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::User => "user level",
            Self::Application => "application",
            Self::Cgroup => "cgroup depth",
            Self::Class => "network conditions over none",
            Self::Count => "number of network conditions",
            Self::Which => "which network conditions are set",
            Self::Narrowness => "longer prefix or smaller port range",
            Self::Url => "URL",
            Self::Place => "higher layer, or first in its layer",
        }
    }
}

/// A rule's place in the winning order, comparable without the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    user_level: u8,
    /// Depth of the cgroup's path plus one, 0 for none.
    cgroup: usize,
    /// Source, destination, source port, destination port, protocol.
    set: [bool; 5],
    /// For the first four of them: prefix length or 65,536 less the range's width.
    narrowness: [u32; 4],
    layer: usize,
    /// Counted down, so that the first is the greatest.
    place: core::cmp::Reverse<usize>,
}

impl Rank {
    /// The rank of a `policy`'s `rule`.
    pub fn of(rule: &Rule, policy: &Policy) -> Self {
        let length = |nets: &[ipnet::IpNet]| nets.first().map_or(0, |net| net.prefix_len().into());
        let smallness =
            |ranges: &[super::PortRange]| ranges.first().map_or(0, |range| 65_536 - range.width());
        Self {
            user_level: if rule.users.is_empty() { 0 } else { 2 },
            cgroup: rule.cgroups.first().map_or(0, |pattern| pattern.depth() + 1),
            set: [
                !rule.sources.is_empty(),
                !rule.destinations.is_empty(),
                !rule.source_ports.is_empty(),
                !rule.destination_ports.is_empty(),
                !rule.protocols.is_empty(),
            ],
            narrowness: [
                length(&rule.sources),
                length(&rule.destinations),
                smallness(&rule.source_ports),
                smallness(&rule.destination_ports),
            ],
            layer: policy.origin.layer,
            place: core::cmp::Reverse(policy.origin.place),
        }
    }

    /// How this compares to `other` (the greater one wins), and the step that decided.
    pub fn compare(&self, other: &Self) -> (Ordering, Step) {
        let count = |rank: &Self| rank.set.iter().filter(|set| **set).count();
        let steps = [
            (self.user_level.cmp(&other.user_level), Step::User),
            (self.cgroup.cmp(&other.cgroup), Step::Cgroup),
            (self.set.contains(&true).cmp(&other.set.contains(&true)), Step::Class),
            (count(self).cmp(&count(other)), Step::Count),
            (self.set.cmp(&other.set), Step::Which),
            (self.narrowness.cmp(&other.narrowness), Step::Narrowness),
        ];
        let place = self.layer.cmp(&other.layer).then(self.place.cmp(&other.place));
        steps.into_iter().find(|(order, _)| order.is_ne()).unwrap_or((place, Step::Place))
    }
}

/// The rules of all `policies` with their ranks, the winning one first.
pub fn ranked(policies: &[Policy]) -> Vec<(Rank, Rule)> {
    let with_rank = |rule: Rule| (Rank::of(&rule, &policies[rule.policy]), rule);
    let mut rules: Vec<(Rank, Rule)> = expand(policies).into_iter().map(with_rank).collect();
    rules.sort_by(|(one, _), (other, _)| other.compare(one).0);
    rules
}

/// The indices of `policies` in winning order, the best first; a policy stands where its best rule
/// does.
pub fn winning_order(policies: &[Policy]) -> Vec<usize> {
    let mut seen = vec![false; policies.len()];
    let rules = ranked(policies);
    let order = rules.iter().map(|(_, rule)| rule.policy);
    order.filter(|&policy| !core::mem::replace(&mut seen[policy], true)).collect()
}
