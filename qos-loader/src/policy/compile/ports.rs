//! The table of ports: 65,536 entries, and one for packets without a port.

use super::{super::PortRange, arena::Arena, rule_set::RuleSet};

/// A rule's range starts at a port, or has ended before it. Sorted by port, then what ends first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    port: u32,
    starts: bool,
    rule: usize,
}

/// Builds the table by a sweep over the ports where a range starts or ends. `base` holds the rules
/// without this condition, `ranges` are each rule's. Returns the table's offset.
pub(super) fn build<'a>(
    arena: &mut Arena,
    base: RuleSet,
    ranges: impl Iterator<Item = &'a [PortRange]>,
) -> u32 {
    let mut changes: Vec<Change> = Vec::new();
    for (rule, ranges) in ranges.enumerate() {
        for (low, high) in merged(ranges) {
            changes.push(Change { port: low, starts: true, rule });
            changes.push(Change { port: high + 1, starts: false, rule });
        }
    }
    changes.sort_unstable();
    let mut set = base;
    let mut entries = Vec::with_capacity(65_537);
    let mut current = arena.intern(&mut set);
    let without_port = current;
    for changes in changes.chunk_by(|one, other| one.port == other.port) {
        entries.resize(changes[0].port as usize, current);
        for change in changes {
            if change.starts {
                set.insert(change.rule);
            } else {
                set.remove(change.rule);
            }
        }
        current = arena.intern(&mut set);
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
