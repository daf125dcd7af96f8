//! From address prefixes to the tries of both families.

use std::collections::BTreeMap;

use ipnet::IpNet;
use qos_common::policy_set::trie::LEAF;

use super::{
    arena::Arena,
    rule_set::RuleSet,
    trie::{self, Prefix},
};

/// Builds the tries of both families, IPv4's first; returns their offsets. `base` holds the rules
/// without this condition, `prefixes` the rules of each prefix.
pub(super) fn build(
    arena: &mut Arena,
    base: &RuleSet,
    prefixes: &BTreeMap<IpNet, Vec<usize>>,
) -> [u32; 2] {
    let family = |v4: bool| {
        let ours = prefixes.iter().filter(move |(net, _)| matches!(net, IpNet::V4(_)) == v4);
        ours.map(|(net, rules)| (bits(net), net.prefix_len().into(), rules)).collect()
    };
    [build_one(arena, base, family(true)), build_one(arena, base, family(false))]
}

/// An address as a number, its first bit the most significant.
fn bits(net: &IpNet) -> u128 {
    match net {
        IpNet::V4(net) => u128::from(net.network().to_bits()) << 96,
        IpNet::V6(net) => net.network().to_bits(),
    }
}

/// Gives each prefix the rules of those around it too, then builds the trie.
fn build_one(
    arena: &mut Arena,
    base: &RuleSet,
    mut prefixes: Vec<(u128, u32, &Vec<usize>)>,
) -> u32 {
    let absent = arena.intern(base) | LEAF;
    prefixes.sort_unstable_by_key(|(address, length, _)| (*address, *length));
    let mut enclosing: Vec<(u128, u32, RuleSet)> = Vec::new();
    let mut leaves = Vec::with_capacity(prefixes.len());
    for (address, length, rules) in prefixes {
        let within =
            |(outer, length, _): &(u128, u32, RuleSet)| same_start(*outer, address, *length);
        while enclosing.last().is_some_and(|outer| !within(outer)) {
            enclosing.pop();
        }
        let set = enclosing.last().map_or(base, |(_, _, set)| set).with(rules);
        leaves.push(Prefix { address, length, leaf: arena.intern(&set) | LEAF });
        enclosing.push((address, length, set));
    }
    trie::build(arena, &leaves, absent)
}

fn same_start(one: u128, other: u128, length: u32) -> bool {
    length == 0 || (one ^ other) >> (128 - length) == 0
}
