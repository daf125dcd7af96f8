//! What changes when a policy set takes the place of another, which may be another process's and is
//! known as `show --json` writes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{check::key, conflict, layer::PolicySet, rank};
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
    /// The names of policies that both have, that lose against others by their place alone, and
    /// that stand behind some which they stood before.
    pub overtaken: Vec<String>,
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
    pub fn between(before: &SetDocument, after: &PolicySet) -> Self {
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
            overtaken: overtaken(&old, &new, after),
            settings: changes(&before.settings, &document.settings, &key::SETTINGS),
        }
    }

    /// Whether no packet is treated otherwise.
    pub const fn is_empty(&self) -> bool {
        let Self { added, removed, changed, unchanged: _, overtaken, settings } = self;
        added.is_empty()
            && removed.is_empty()
            && changed.is_empty()
            && overtaken.is_empty()
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
    let differs = |key: &&str| values(from.get(*key)) != values(to.get(*key));
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

/// See [`Difference::overtaken`]. Of policies that no place decides between, any order is the same.
fn overtaken(old: &ByName<'_>, new: &ByName<'_>, after: &PolicySet) -> Vec<String> {
    let place = |policy: &Map<String, Value>| policy.get("place").and_then(Value::as_u64);
    let both = new.iter().filter_map(|(name, to)| Some((place(to), place(old.get(name)?), *name)));
    let mut both: Vec<_> = both.collect();
    both.sort_unstable();
    let mut last = None;
    both.retain(|(_, before, _)| {
        let is_overtaken = *before < last;
        last = last.max(*before);
        is_overtaken
    });
    if both.is_empty() {
        return Vec::new();
    }
    let conflicts = conflict::conflicts(&rank::ranked(&after.policies));
    let losers: BTreeSet<&str> =
        conflicts.iter().map(|conflict| after.policies[conflict.loser].name.as_str()).collect();
    both.iter()
        .filter(|(.., name)| losers.contains(name))
        .map(|(.., name)| (*name).into())
        .collect()
}

#[cfg(test)]
mod tests;
