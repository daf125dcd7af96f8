//! The winning order of the contract's nine steps, as one comparison that can also say which step
//! decided.

mod step;
mod url;

use core::cmp::{Ordering, Reverse};

use super::{
    Application, Policy, PortRange,
    expand::{Rule, expand},
};

pub use step::Step;
use url::UrlRank;

/// Any prefix is narrower than any name, which has 127 labels at most.
const PREFIX: u32 = 128;

/// A rule's place in the winning order, comparable without the rule. The greater wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    /// 2 with a user, 1 with a group.
    user_level: u8,
    /// 2 with a path, 1 with a name.
    application: u8,
    /// Depth of the cgroup's path plus one, 0 for none.
    cgroup: usize,
    /// 2 with network conditions, 1 with a URL.
    class: u8,
    /// Source, destination, source port, destination port, protocol; none of them beside a URL.
    set: [bool; 5],
    /// For the first four of them: the longer prefix or name, the smaller range.
    narrowness: [u32; 4],
    /// How specific the URL is, and then one more than the length of the destination's prefix.
    url: Option<(UrlRank, u32)>,
    layer: usize,
    /// The first in a layer is the greatest.
    place: Reverse<usize>,
}

impl Rank {
    /// The rank of a `policy`'s `rule`.
    pub fn of(rule: &Rule, policy: &Policy) -> Self {
        let length = |nets: &[ipnet::IpNet]| nets.first().map(|net| u32::from(net.prefix_len()));
        let smallness =
            |ranges: &[PortRange]| ranges.first().map_or(0, |range| 65_536 - range.width());
        let host = rule.hosts.first().map_or(0, |host| host.depth().try_into().unwrap_or(PREFIX));
        let destination = length(&rule.destinations);
        let url = rule
            .urls
            .first()
            .map(|url| (UrlRank::of(url), destination.map_or(0, |length| length + 1)));
        let set = [
            !rule.sources.is_empty(),
            !rule.destinations.is_empty() || !rule.hosts.is_empty(),
            !rule.source_ports.is_empty(),
            !rule.destination_ports.is_empty(),
            !rule.protocols.is_empty(),
        ];
        let narrowness = [
            length(&rule.sources).unwrap_or(0),
            destination.map_or(host, |length| PREFIX + length),
            smallness(&rule.source_ports),
            smallness(&rule.destination_ports),
        ];
        Self {
            user_level: match (rule.users.is_empty(), rule.groups.is_empty()) {
                (false, _) => 2,
                (true, false) => 1,
                (true, true) => 0,
            },
            application: match rule.applications.first() {
                Some(Application::Path(_)) => 2,
                Some(Application::Name(_)) => 1,
                None => 0,
            },
            cgroup: rule.cgroups.first().map_or(0, |pattern| pattern.depth() + 1),
            class: match (url, set.contains(&true)) {
                (Some(_), _) => 1,
                (None, true) => 2,
                (None, false) => 0,
            },
            set: if url.is_some() { [false; 5] } else { set },
            narrowness: if url.is_some() { [0; 4] } else { narrowness },
            url,
            layer: policy.origin.layer,
            place: Reverse(policy.origin.place),
        }
    }

    /// How this compares to `other` (the greater one wins), and the step that decided.
    pub fn compare(&self, other: &Self) -> (Ordering, Step) {
        let count = |rank: &Self| rank.set.iter().filter(|set| **set).count();
        let place = || self.layer.cmp(&other.layer).then(self.place.cmp(&other.place));
        by(self.user_level.cmp(&other.user_level), Step::User)
            .or_else(|| by(self.application.cmp(&other.application), Step::Application))
            .or_else(|| by(self.cgroup.cmp(&other.cgroup), Step::Cgroup))
            .or_else(|| by(self.class.cmp(&other.class), Step::Class))
            .or_else(|| by(count(self).cmp(&count(other)), Step::Count))
            .or_else(|| by(self.set.cmp(&other.set), Step::Which))
            .or_else(|| by(self.narrowness.cmp(&other.narrowness), Step::Narrowness))
            .or_else(|| by(self.url.cmp(&other.url), Step::Url))
            .unwrap_or_else(|| (place(), Step::Place))
    }
}

/// The step, if it decides.
fn by(order: Ordering, step: Step) -> Option<(Ordering, Step)> {
    order.is_ne().then_some((order, step))
}

/// The rules of all `policies` with their ranks, the winning one first.
pub fn ranked(policies: &[Policy]) -> Vec<(Rank, Rule)> {
    let with_rank = |rule: Rule| (Rank::of(&rule, &policies[rule.policy]), rule);
    let rules: Vec<(Rank, Rule)> = expand(policies).into_iter().map(with_rank).collect();
    // Rules are large: it is cheaper to move each of them once, when its place is known.
    let mut order: Vec<usize> = (0..rules.len()).collect();
    order.sort_by(|&one, &other| rules[other].0.compare(&rules[one].0).0);
    let mut rules: Vec<Option<(Rank, Rule)>> = rules.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| rules[index].take()).collect()
}

/// The indices of `policies` in winning order, the best first; a policy stands where its best rule
/// does.
pub fn winning_order(policies: &[Policy]) -> Vec<usize> {
    let mut seen = vec![false; policies.len()];
    let rules = ranked(policies);
    let order = rules.iter().map(|(_, rule)| rule.policy);
    order.filter(|&policy| !core::mem::replace(&mut seen[policy], true)).collect()
}
