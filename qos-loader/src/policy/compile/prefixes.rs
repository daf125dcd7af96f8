//! From address prefixes to the tries of both families.

use ipnet::IpNet;
use qos_common::policy_set::trie::LEAF;

use super::{
    arena::Arena,
    rule_set::RuleSet,
    trie::{self, Prefix},
};

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

/// Gives each prefix the rules of those around it too, then builds the trie.
fn build_one(arena: &mut Arena, base: &RuleSet, mut listed: Vec<Listed>) -> u32 {
    let mut base = base.clone();
    let absent = arena.intern(&mut base) | LEAF;
    listed.sort_unstable();
    let mut enclosing: Vec<(Listed, RuleSet)> = Vec::new();
    let mut prefixes = Vec::with_capacity(listed.len());
    for same in listed.chunk_by(Listed::is_same) {
        let prefix = same[0];
        while enclosing.last().is_some_and(|(outer, _)| !prefix.is_within(outer)) {
            enclosing.pop();
        }
        let outer = enclosing.last().map_or(&base, |(_, set)| set);
        let mut set = outer.with(same.iter().map(|one| one.rule));
        let Listed { address, length, .. } = prefix;
        prefixes.push(Prefix { address, length, leaf: arena.intern(&mut set) | LEAF });
        enclosing.push((prefix, set));
    }
    trie::build(arena, &prefixes, absent)
}
