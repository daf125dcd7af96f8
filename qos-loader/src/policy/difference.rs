//! What changes when a policy set takes the place of another, which may be another process's and is
//! known as `show --json` writes it.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    check::key,
    conflict::{self, Conflict},
    layer::PolicySet,
    rank,
    resolve::{Machine, by_number},
};
use crate::output::set::SetDocument;

/// What a new set changes. Where policies stand is no change by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The policies that only the new set has, as its document has them.
    pub added: Vec<Map<String, Value>>,
    /// The policies that only the old set has, as its document has them.
    pub removed: Vec<Map<String, Value>>,
    /// The names of the policies that both have, but not with the same keys, and these keys.
    pub changed: Vec<(String, Keys)>,
    /// How many policies both have with the same keys.
    pub unchanged: usize,
    /// The names of policies that both have and of which only the place decides, and now decides
    /// otherwise: the winner, and the loser, which stood before it.
    pub turned: Vec<(String, String)>,
    /// The settings that are not the same.
    pub settings: Keys,
}

/// Keys whose values differ, in the order of the policy file's reference.
pub type Keys = Vec<(&'static str, Change)>;

/// A key's value in both sets, none where it is not set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// In the old set.
    pub from: Option<Value>,
    /// In the new set.
    pub to: Option<Value>,
}

impl Difference {
    /// What changes when `after` takes the place of `before`. All lists are in winning order.
    pub fn between(before: &SetDocument, after: &PolicySet, machine: &dyn Machine) -> Self {
        let document = SetDocument::of(after);
        let (old, new) = (by_name(before), by_name(&document));
        let only = |set: &SetDocument, other: &BTreeMap<&str, _>| {
            let policies = set.policies.iter();
            policies.filter(|policy| !other.contains_key(name(policy))).cloned().collect()
        };
        let both = document.policies.iter().filter_map(|to| Some((*old.get(name(to))?, to)));
        let (mut changed, mut unchanged) = (Vec::new(), 0);
        for (from, to) in both {
            let keys = changes(from, to, &key::POLICY);
            if keys.is_empty() {
                unchanged += 1;
            } else {
                changed.push((name(to).to_owned(), keys));
            }
        }
        Self {
            added: only(&document, &old),
            removed: only(before, &new),
            changed,
            unchanged,
            turned: turned(&old, after, machine),
            settings: changes(&before.settings, &document.settings, &key::SETTINGS),
        }
    }

    /// Whether no packet is treated otherwise.
    pub const fn is_empty(&self) -> bool {
        let Self { added, removed, changed, unchanged: _, turned, settings } = self;
        added.is_empty()
            && removed.is_empty()
            && changed.is_empty()
            && turned.is_empty()
            && settings.is_empty()
    }
}

type ByName<'a> = BTreeMap<&'a str, &'a Map<String, Value>>;

fn by_name(set: &SetDocument) -> ByName<'_> {
    set.policies.iter().map(|policy| (name(policy), policy)).collect()
}

fn name(policy: &Map<String, Value>) -> &str {
    policy.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn changes(from: &Map<String, Value>, to: &Map<String, Value>, keys: &[&'static str]) -> Keys {
    let differs = |key: &&str| {
        let (from, to) = (from.get(*key), to.get(*key));
        from != to && values(from) != values(to)
    };
    let change = |key| Change { from: from.get(key).cloned(), to: to.get(key).cloned() };
    keys.iter().copied().filter(differs).map(|key| (key, change(key))).collect()
}

/// The values of a key: a list is a union, so their order means nothing.
fn values(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        None => BTreeSet::new(),
        Some(Value::Array(list)) => list.iter().map(Value::to_string).collect(),
        Some(one) => [one.to_string()].into(),
    }
}

/// See [`Difference::turned`].
fn turned(old: &ByName<'_>, after: &PolicySet, machine: &dyn Machine) -> Vec<(String, String)> {
    let place = |policy: &Map<String, Value>| policy.get("place").and_then(Value::as_u64);
    let name = |index: usize| after.policies[index].name.clone();
    let before = after.policies.iter().map(|policy| place(old.get(policy.name.as_str())?));
    let before: Vec<Option<u64>> = before.collect();
    let origin = |index: &usize| &after.policies[*index].origin;
    let mut order: Vec<usize> = (0..before.len()).collect();
    order.sort_by_key(|index| (Reverse(origin(index).layer), origin(index).place));
    if order.into_iter().filter_map(|index| before[index]).is_sorted() {
        // Nobody has overtaken another, and to look for conflicts takes long.
        return Vec::new();
    }
    let stood_behind = |winner: usize, loser: usize| match (before[winner], before[loser]) {
        (Some(winner), Some(loser)) => winner > loser,
        _ => false,
    };
    conflict::conflicts_of(&by_number(rank::ranked(&after.policies), machine), stood_behind)
        .into_iter()
        .map(|Conflict { winner, loser, .. }| (name(winner), name(loser)))
        .collect()
}

#[cfg(test)]
mod tests;
