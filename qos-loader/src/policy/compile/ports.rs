//! The table of ports: 65,536 entries, and one for packets without a port.

use std::collections::BTreeMap;

use super::{super::PortRange, arena::Arena, rule_set::RuleSet};

/// Builds the table by a sweep over the ports where a range starts or ends. `base` holds the rules
/// without this condition, `ranges` are each rule's. Returns the table's offset.
pub(super) fn build<'a>(
    arena: &mut Arena,
    base: &RuleSet,
    ranges: impl Iterator<Item = &'a [PortRange]>,
) -> u32 {
    let mut starts: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut ends: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (rule, ranges) in ranges.enumerate() {
        for (low, high) in merged(ranges) {
            starts.entry(low).or_default().push(rule);
            ends.entry(high + 1).or_default().push(rule);
        }
    }
    let boundaries: std::collections::BTreeSet<u32> =
        [0].into_iter().chain(starts.keys().copied()).chain(ends.keys().copied()).collect();
    let mut set = base.clone();
    let mut entries = Vec::with_capacity(65_537);
    let mut current = arena.intern(base);
    let without_port = current;
    for boundary in boundaries {
        entries.resize(boundary as usize, current);
        ends.get(&boundary).into_iter().flatten().for_each(|&rule| set.remove(rule));
        starts.get(&boundary).into_iter().flatten().for_each(|&rule| set.insert(rule));
        current = arena.intern(&set);
    }
    entries.resize(65_536, current);
    entries.push(without_port);
    arena.push_entries(&entries)
}

/// The same ports in ranges that do not touch.
fn merged(ranges: &[PortRange]) -> Vec<(u32, u32)> {
    let mut sorted: Vec<PortRange> = ranges.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for range in sorted {
        let (low, high) = (u32::from(range.low), u32::from(range.high));
        match merged.last_mut() {
            Some((_, last)) if low <= *last + 1 => *last = high.max(*last),
            _ => merged.push((low, high)),
        }
    }
    merged
}
