//! The tables that lead from a destination's name to the rules for it, and from its address where a
//! connection does not say the name ([`qos_common::policy_set::names`]).

use std::collections::BTreeMap;

use ipnet::IpNet;
use qos_common::{
    policy_set::{Dimension, layout, names::key},
    request,
};

use super::{Builder, hash, prefixes, rule_set::RuleSet};
use crate::policy::{HostPattern, resolve::Resolved};

impl Builder<'_> {
    pub(super) fn names(&mut self, resolved: &Resolved) {
        let base = self.indifferent(Dimension::Host, |rule| !rule.hosts.is_empty());
        self.said(&base);
        if self.rules.iter().any(|rule| !rule.hosts.is_empty()) {
            self.known(&base, resolved);
        }
    }

    /// A name's set holds the rules for all below the names that it ends in too.
    fn said(&mut self, base: &RuleSet) {
        let map: BTreeMap<(&[String], bool), Vec<usize>> =
            self.by_value(|rule| rule.hosts.iter().map(labels));
        let sets = map.iter().map(|((labels, below), rules)| {
            let ends = (1..labels.len()).filter_map(|first| map.get(&(&labels[first..], true)));
            let host = request::key::host(&labels.join("."));
            (key(host, *below), base.with(ends.flatten().chain(rules).copied()))
        });
        hash::build(&mut self.arena, layout::NAMES, base, sets);
    }

    fn known(&mut self, base: &RuleSet, resolved: &Resolved) {
        let addresses = self.rules.iter().map(|rule| -> Vec<IpNet> {
            let addresses = rule.hosts.iter().flat_map(|pattern| resolved.addresses(pattern));
            addresses.map(IpNet::from).collect()
        });
        let nets: Vec<Vec<IpNet>> = addresses.collect();
        let [v4, v6] = prefixes::build(&mut self.arena, base, nets.iter().map(Vec::as_slice));
        self.arena.set_header(layout::NAMED_V4, v4.into());
        self.arena.set_header(layout::NAMED_V6, v6.into());
    }
}

/// The labels of a name, and whether those below it are meant.
fn labels(pattern: &HostPattern) -> (&[String], bool) {
    match pattern {
        HostPattern::Exact(name) => (name.labels(), false),
        HostPattern::Below(name) => (name.labels(), true),
    }
}
