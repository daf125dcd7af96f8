//! The tries of addresses ([`qos_common::policy_set::trie`]).

use ipnet::IpNet;
use qos_common::policy_set::trie::{LEAF, NODE_BITS, ROOT_BITS};

use super::{arena::Arena, rule_set::RuleSet};

/// A prefix that a rule lists: sorted, each stands before those within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    /// Its first bit is the most significant.
    address: u128,
    length: u32,
    rule: usize,
}

impl Listed {
    fn new(net: &IpNet, rule: usize) -> Self {
        let address = match net {
            IpNet::V4(net) => u128::from(net.network().to_bits()) << 96,
            IpNet::V6(net) => net.network().to_bits(),
        };
        Self { address, length: net.prefix_len().into(), rule }
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.address, self.length) == (other.address, other.length)
    }

    fn is_within(&self, outer: &Self) -> bool {
        outer.length == 0 || (outer.address ^ self.address) >> (128 - outer.length) == 0
    }
}

/// Builds the tries of both families, IPv4's first; returns their offsets. `base` holds the rules
/// without this condition, `prefixes` are each rule's.
pub(super) fn build<'a>(
    arena: &mut Arena,
    base: &RuleSet,
    prefixes: impl Iterator<Item = &'a [IpNet]>,
) -> [u32; 2] {
    let mut families = [Vec::new(), Vec::new()];
    for (rule, nets) in prefixes.enumerate() {
        for net in nets {
            families[usize::from(net.addr().is_ipv6())].push(Listed::new(net, rule));
        }
    }
    families.map(|listed| build_one(arena, base, listed))
}

/// Inserts the prefixes in order, so that the narrower overwrite.
fn build_one(arena: &mut Arena, base: &RuleSet, mut listed: Vec<Listed>) -> u32 {
    let mut base = base.clone();
    let absent = arena.intern(&mut base) | LEAF;
    let root = arena.push_entries(&[absent; 1 << ROOT_BITS]);
    listed.sort_unstable();
    let mut enclosing: Vec<(Listed, RuleSet)> = Vec::new();
    for same in listed.chunk_by(Listed::is_same) {
        let prefix = same[0];
        while enclosing.last().is_some_and(|(outer, _)| !prefix.is_within(outer)) {
            enclosing.pop();
        }
        let outer = enclosing.last().map_or(&base, |(_, set)| set);
        let mut set = outer.with(same.iter().map(|one| one.rule));
        let leaf = arena.intern(&mut set) | LEAF;
        insert(arena, root, prefix.address, prefix.length, leaf);
        enclosing.push((prefix, set));
    }
    root
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
