//! Hash tables of ids ([`qos_common::policy_set::table`]).

use qos_common::policy_set::table::{HashHeader, PROBES, place};

use super::{arena::Arena, rule_set::RuleSet};

/// Builds a table and notes it in the header. `base` holds the rules without this condition, `sets`
/// the rules of each id.
pub(super) fn build(
    arena: &mut Arena,
    header: HashHeader,
    base: &RuleSet,
    sets: impl Iterator<Item = (u64, RuleSet)>,
) {
    let keys: Vec<(u64, u32)> = sets.map(|(key, mut set)| (key, arena.intern(&mut set))).collect();
    let absent = arena.intern(&mut base.clone());
    let mut slots = (2 * keys.len()).next_power_of_two();
    let words = loop {
        match fill(&keys, slots) {
            Some(words) => break words,
            None => slots *= 2,
        }
    };
    arena.align();
    let table = arena.push_words(&words);
    arena.set_header(header.table(), table.into());
    arena.set_header(header.mask(), slots as u64 - 1);
    arena.set_header(header.absent(), absent.into());
}

/// The table with `slots` slots, or `None` where a key would stand too far from its place.
fn fill(keys: &[(u64, u32)], slots: usize) -> Option<Vec<u64>> {
    let mut words = vec![0; 2 * slots];
    for &(key, vector) in keys {
        let start = place(key) as usize;
        let mut probes = (start..start + PROBES as usize).map(|slot| slot & (slots - 1));
        let slot = probes.find(|slot| words[2 * slot + 1] == 0)?;
        words[2 * slot] = key;
        words[2 * slot + 1] = u64::from(vector);
    }
    Some(words)
}
