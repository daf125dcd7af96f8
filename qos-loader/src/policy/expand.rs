//! Splits policies into rules: a rule holds those values of a policy's lists that are equally
//! narrow, so that all of it has one place in the winning order. A policy without lists is one
//! rule.

use core::{iter, mem};
use std::collections::BTreeMap;

use ipnet::IpNet;
use itertools::Either;

use super::Policy;
use super::condition::{
    AddressMatch, Application, CgroupPattern, HostPattern, NameOrId, PortRange, UrlPattern,
};

/// One combination of equally narrow values of a policy. An empty list is a condition that is not
/// set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The policy's index in the slice that was expanded.
    pub policy: usize,
    /// Owners of the socket.
    pub users: Vec<NameOrId>,
    /// Groups of the owner.
    pub groups: Vec<NameOrId>,
    /// Programs, all by path or all by name.
    pub applications: Vec<Application>,
    /// Cgroups of one depth.
    pub cgroups: Vec<CgroupPattern>,
    /// Source prefixes of one length.
    pub sources: Vec<IpNet>,
    /// Destination prefixes of one length.
    pub destinations: Vec<IpNet>,
    /// Names of the destination, of one depth.
    pub hosts: Vec<HostPattern>,
    /// Source port ranges of one width.
    pub source_ports: Vec<PortRange>,
    /// Destination port ranges of one width.
    pub destination_ports: Vec<PortRange>,
    /// Protocol numbers.
    pub protocols: Vec<u8>,
    /// One URL: what is known of a request is looked up part by part, and each part of several would
    /// meet those of the others.
    pub urls: Vec<UrlPattern>,
}

/// The rules of all `policies`, in no particular order.
pub fn expand(policies: &[Policy]) -> Vec<Rule> {
    policies.iter().enumerate().flat_map(|(index, policy)| expand_one(index, policy)).collect()
}

fn expand_one(policy: usize, Policy { conditions, .. }: &Policy) -> Vec<Rule> {
    let whole = Rule {
        policy,
        users: conditions.user.clone(),
        groups: conditions.group.clone(),
        applications: conditions.application.clone(),
        cgroups: conditions.cgroup.clone(),
        sources: Vec::new(),
        destinations: Vec::new(),
        hosts: conditions.destination_host.clone(),
        source_ports: conditions.source_port.clone(),
        destination_ports: conditions.destination_port.clone(),
        protocols: conditions.protocol.iter().flat_map(|one| one.numbers().to_vec()).collect(),
        urls: conditions.url.clone(),
    };
    let sources = prefix_groups(&conditions.source);
    let destinations = prefix_groups(&conditions.destination);
    let pairs = itertools::iproduct!(&sources, &destinations);
    let pairs: Vec<_> = pairs.filter(|(one, other)| share_a_family(one, other)).collect();
    let rules =
        iter::repeat_n(whole, pairs.len()).zip(pairs).map(|(whole, (sources, destinations))| {
            Rule { sources: sources.clone(), destinations: destinations.clone(), ..whole }
        });
    let rules = rules.flat_map(|rule| split(rule, |rule| &mut rule.applications, is_path));
    let rules = rules.flat_map(|rule| split(rule, |rule| &mut rule.cgroups, CgroupPattern::depth));
    let rules = rules.flat_map(|rule| split(rule, |rule| &mut rule.hosts, HostPattern::depth));
    let rules =
        rules.flat_map(|rule| split(rule, |rule| &mut rule.source_ports, |range| range.width()));
    let rules = rules
        .flat_map(|rule| split(rule, |rule| &mut rule.destination_ports, |range| range.width()));
    rules.flat_map(|rule| split(rule, |rule| &mut rule.urls, UrlPattern::clone)).collect()
}

/// How large a policy becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many rules it makes.
    pub rules: usize,
    /// At most how many listed values these hold in all.
    pub values: usize,
}

/// The size of a policy's rules, without making them.
pub fn size(Policy { conditions, .. }: &Policy) -> Size {
    let sources = prefix_groups(&conditions.source);
    let destinations = prefix_groups(&conditions.destination);
    let pairs = itertools::iproduct!(&sources, &destinations);
    let pairs = pairs.filter(|(one, other)| share_a_family(one, other)).count();
    // A list's length, and in how many groups it is split.
    let lists = [
        (conditions.user.len(), 1),
        (conditions.group.len(), 1),
        (2 * conditions.protocol.len(), 1),
        split_size(&conditions.application, is_path),
        split_size(&conditions.cgroup, CgroupPattern::depth),
        split_size(&conditions.destination_host, HostPattern::depth),
        split_size(&conditions.source_port, |range| range.width()),
        split_size(&conditions.destination_port, |range| range.width()),
        split_size(&conditions.url, UrlPattern::clone),
    ];
    let others = lists.iter().fold(1, |rules: usize, (_, groups)| rules.saturating_mul(*groups));
    let rules = pairs.saturating_mul(others);
    let listed = lists.iter().map(|(length, groups)| length.saturating_mul(rules / groups));
    // A group of addresses stands beside each group of the other end, if they share a family.
    let addresses = [
        conditions.source.len().saturating_mul(destinations.len()),
        conditions.destination.len().saturating_mul(sources.len()),
    ];
    let values = listed.chain(addresses.map(|pairs| pairs.saturating_mul(others)));
    Size { rules, values: values.fold(0, usize::saturating_add) }
}

const fn is_path(application: &Application) -> bool {
    matches!(application, Application::Path(_))
}

/// A rule for each group of equally narrow values of a list.
fn split<T, K: Ord>(
    mut rule: Rule,
    list: fn(&mut Rule) -> &mut Vec<T>,
    narrowness: fn(&T) -> K,
) -> impl Iterator<Item = Rule> {
    // Most lists are short, and most rules cloned for nothing.
    if list(&mut rule).len() <= 1 {
        return Either::Left(iter::once(rule));
    }
    let groups = groups(mem::take(list(&mut rule)), narrowness);
    let rules = iter::repeat_n(rule, groups.len());
    Either::Right(rules.zip(groups).map(move |(mut rule, group)| {
        *list(&mut rule) = group;
        rule
    }))
}

/// The length of a list, and in how many groups it is split.
fn split_size<T, K: Ord>(list: &[T], narrowness: fn(&T) -> K) -> (usize, usize) {
    let groups = match list {
        [] | [_] => 1,
        _ => groups(list.iter().collect(), |value| narrowness(value)).len(),
    };
    (list.len(), groups)
}

/// The values by narrowness; a list that is not set is one empty group.
fn groups<T, K: Ord>(values: Vec<T>, narrowness: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    if values.len() <= 1 {
        return vec![values];
    }
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for value in values {
        groups.entry(narrowness(&value)).or_default().push(value);
    }
    groups.into_values().collect()
}

/// The prefixes by length; `any` is a group of its own, which counts as not set.
fn prefix_groups(values: &[AddressMatch]) -> Vec<Vec<IpNet>> {
    let prefix = |value: &AddressMatch| match value {
        AddressMatch::Any => None,
        AddressMatch::Prefix(net) => Some(*net),
    };
    let prefixes = values.iter().map(prefix).collect();
    let length = |net: &Option<IpNet>| net.map(|net| net.prefix_len());
    groups(prefixes, length)
        .into_iter()
        .map(|group| group.into_iter().flatten().collect())
        .collect()
}

/// Whether a packet can have a source and a destination of these lists.
fn share_a_family(sources: &[IpNet], destinations: &[IpNet]) -> bool {
    let is_v4 = |net: &IpNet| matches!(net, IpNet::V4(_));
    sources.is_empty()
        || destinations.is_empty()
        || sources.iter().any(|one| destinations.iter().any(|other| is_v4(one) == is_v4(other)))
}
