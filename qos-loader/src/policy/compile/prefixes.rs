//! The tries of addresses ([`qos_common::policy_set::trie`]).

use std::collections::BTreeMap;

use ipnet::IpNet;
use qos_common::policy_set::trie::{LEAF, NODE_BITS, ROOT_BITS};

use super::{arena::Arena, rule_set::RuleSet};

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

/// Inserts the prefixes in order, each before those within it, so that the narrower overwrite.
fn build_one(
    arena: &mut Arena,
    base: &RuleSet,
    mut prefixes: Vec<(u128, u32, &Vec<usize>)>,
) -> u32 {
    let absent = arena.intern(base) | LEAF;
    let root = arena.push_entries(&[absent; 1 << ROOT_BITS]);
    prefixes.sort_unstable_by_key(|(address, length, _)| (*address, *length));
    let mut enclosing: Vec<(u128, u32, RuleSet)> = Vec::new();
    for (address, length, rules) in prefixes {
        let within =
            |(outer, length, _): &(u128, u32, RuleSet)| same_start(*outer, address, *length);
        while enclosing.last().is_some_and(|outer| !within(outer)) {
            enclosing.pop();
        }
        let set = enclosing.last().map_or(base, |(_, _, set)| set).with(rules);
        let leaf = arena.intern(&set) | LEAF;
        insert(arena, root, address, length, leaf);
        enclosing.push((address, length, set));
    }
    root
}

fn same_start(one: u128, other: u128, length: u32) -> bool {
    length == 0 || (one ^ other) >> (128 - length) == 0
}

/// Points all addresses of the prefix to `leaf`.
fn insert(arena: &mut Arena, root: u32, address: u128, length: u32, leaf: u32) {
    let (mut table, mut taken, mut width) = (root, 0, ROOT_BITS);
    loop {
        // At most 12 bits are left.
        let index = u32::try_from(address << taken >> (128 - width)).unwrap_or(u32::MAX);
        if length <= taken + width {
            let spread = 1 << (taken + width - length);
            (index..index + spread).for_each(|index| arena.set_entry(table, index, leaf));
            return;
        }
        let entry = arena.entry(table, index);
        let child = if entry & LEAF == 0 {
            entry
        } else {
            let child = arena.push_entries(&[entry; 1 << NODE_BITS]);
            arena.set_entry(table, index, child);
            child
        };
        (table, taken, width) = (child, taken + width, NODE_BITS);
    }
}
