//! Splits policies into rules: a rule holds those values of a policy's lists that are equally
//! narrow, so that all of it has one place in the winning order. A policy without lists is one
//! rule.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::{AddressMatch, CgroupPattern, Policy, PortRange, UserMatch};

/// One combination of equally narrow values of a policy. An empty list is a condition that is not
/// set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The policy's index in the slice that was expanded.
    pub policy: usize,
    /// Owners of the socket.
    pub users: Vec<UserMatch>,
    /// Cgroups of one depth.
    pub cgroups: Vec<CgroupPattern>,
    /// Source prefixes of one length.
    pub sources: Vec<IpNet>,
    /// Destination prefixes of one length.
    pub destinations: Vec<IpNet>,
    /// Source port ranges of one width.
    pub source_ports: Vec<PortRange>,
    /// Destination port ranges of one width.
    pub destination_ports: Vec<PortRange>,
    /// Protocol numbers.
    pub protocols: Vec<u8>,
}

/// The rules of all `policies`, in no particular order.
pub fn expand(policies: &[Policy]) -> Vec<Rule> {
    policies.iter().enumerate().flat_map(|(index, policy)| expand_one(index, policy)).collect()
}

fn expand_one(index: usize, policy: &Policy) -> Vec<Rule> {
    let conditions = &policy.conditions;
    let protocols: Vec<u8> =
        conditions.protocol.iter().flat_map(|one| one.numbers().to_vec()).collect();
    let mut rules = Vec::new();
    for cgroups in groups(&conditions.cgroup, CgroupPattern::depth) {
        for sources in prefix_groups(&conditions.source) {
            for destinations in prefix_groups(&conditions.destination) {
                if !share_a_family(&sources, &destinations) {
                    continue;
                }
                for source_ports in groups(&conditions.source_port, |range| range.width()) {
                    for destination_ports in
                        groups(&conditions.destination_port, |range| range.width())
                    {
                        rules.push(Rule {
                            policy: index,
                            users: conditions.user.clone(),
                            cgroups: cgroups.clone(),
                            sources: sources.clone(),
                            destinations: destinations.clone(),
                            source_ports: source_ports.clone(),
                            destination_ports,
                            protocols: protocols.clone(),
                        });
                    }
                }
            }
        }
    }
    rules
}

/// The values by narrowness; a list that is not set is one empty group.
fn groups<T: Clone, K: Ord>(values: &[T], narrowness: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    if values.is_empty() {
        return vec![Vec::new()];
    }
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for value in values {
        groups.entry(narrowness(value)).or_default().push(value.clone());
    }
    groups.into_values().collect()
}

/// The prefixes by length; `any` is a group of its own, which counts as not set.
fn prefix_groups(values: &[AddressMatch]) -> Vec<Vec<IpNet>> {
    let prefix = |value: &AddressMatch| match value {
        AddressMatch::Any => None,
        AddressMatch::Prefix(net) => Some(*net),
    };
    let length = |value: &AddressMatch| prefix(value).map(|net| net.prefix_len());
    let groups = groups(values, length);
    groups.iter().map(|group| group.iter().filter_map(prefix).collect()).collect()
}

/// Whether a packet can have a source and a destination of these lists.
fn share_a_family(sources: &[IpNet], destinations: &[IpNet]) -> bool {
    let is_v4 = |net: &IpNet| matches!(net, IpNet::V4(_));
    sources.is_empty()
        || destinations.is_empty()
        || sources.iter().any(|one| destinations.iter().any(|other| is_v4(one) == is_v4(other)))
}
