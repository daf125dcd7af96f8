//! The host by which a policy matched a flow.

use qos_common::request::key;

use crate::{
    hosts::Hosts,
    kernel::reports::FlowReport,
    policy::{HostName, HostPattern},
};

/// Of those that `patterns` name: the one that the connection names itself, or else the one that its
/// destination was learned to be last. Of what a connection names only hashes are known: if nobody has looked
/// the name up it is told as the pattern that it matches.
pub(super) fn of(report: &FlowReport, patterns: &[HostPattern], hosts: &Hosts) -> Option<String> {
    if patterns.is_empty() {
        return None;
    }
    let known = || {
        let of_destination =
            hosts.learned().filter(|(_, address, _)| *address == report.destination);
        of_destination.map(|(name, _, age)| (name, age))
    };
    if let Some(said) = report.host.first() {
        let is_said = |name: &&HostName| key::host(&name.to_string()) == *said;
        let exact = patterns.iter().filter_map(|pattern| match pattern {
            HostPattern::Exact(name) => Some(name),
            HostPattern::Below(_) => None,
        });
        let name = exact.chain(known().map(|(name, _)| name)).find(is_said);
        return name.map(ToString::to_string).or_else(|| below(&report.host, patterns));
    }
    let is_named = |name: &HostName| {
        let exact = HostPattern::Exact(name.clone());
        patterns.iter().any(|pattern| pattern.covers(&exact))
    };
    let named = known().filter(|(name, _)| is_named(name));
    named.min_by_key(|(_, age)| *age).map(|(name, _)| name.to_string())
}

/// The narrowest pattern of all names below one that the host of these keys is below.
fn below(suffixes: &[u64], patterns: &[HostPattern]) -> Option<String> {
    suffixes.iter().skip(1).find_map(|suffix| {
        let is_it = |pattern: &&HostPattern| match pattern {
            HostPattern::Below(name) => key::host(&name.to_string()) == *suffix,
            HostPattern::Exact(_) => false,
        };
        patterns.iter().find(is_it).map(ToString::to_string)
    })
}
