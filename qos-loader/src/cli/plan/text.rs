//! A plan for people.

use serde_json::{Map, Value};

use super::{Plan, choice::places, interfaces::InterfaceDifference};
use crate::{
    output::value::plain,
    policy::{
        check::key,
        difference::{Difference, Keys},
    },
};

/// A line for each policy, key and interface that changes, and at the end how many.
pub(super) fn of(plan: &Plan) -> String {
    let mut lines = vec![match &plan.running {
        Some(loader) => format!("running: pid {} on {}", loader.pid, places(loader)),
        None if plan.interfaces.is_some() => "nothing runs there: all of this is new".to_owned(),
        None => "nothing runs: all of this is new".to_owned(),
    }];
    if plan.is_empty() {
        lines.push("no change".to_owned());
        return lines.join("\n");
    }
    let Difference { added, removed, changed, unchanged, turned, settings } = &plan.policies;
    lines.extend(added.iter().map(|policy| format!("+ {}", described(policy))));
    lines.extend(removed.iter().map(|policy| format!("- {}", described(policy))));
    for (name, keys) in changed {
        lines.push(format!("~ \"{name}\""));
        lines.extend(changes(keys));
    }
    for (winner, loser) in turned {
        lines.push(format!("~ order: \"{winner}\" stands before \"{loser}\", and wins"));
    }
    if !settings.is_empty() {
        lines.push("~ settings".to_owned());
        lines.extend(changes(settings));
    }
    if let Some(InterfaceDifference { added, removed, .. }) = &plan.interfaces {
        lines.extend(added.iter().map(|name| format!("+ interface {name}")));
        lines.extend(removed.iter().map(|name| format!("- interface {name}")));
        if plan.running.is_some() && (!added.is_empty() || !removed.is_empty()) {
            lines.push("  (a reload leaves the interfaces: start `run` again)".to_owned());
        }
    }
    let policies = if added.len() == 1 { "policy" } else { "policies" };
    let (added, removed, changed) = (added.len(), removed.len(), changed.len());
    lines.push(format!(
        "{added} {policies} added, {removed} removed, {changed} changed, {unchanged} unchanged"
    ));
    lines.join("\n")
}

/// `    dscp: 8 (CS1) -> 10 (AF11)`
fn changes(keys: &Keys) -> impl Iterator<Item = String> {
    let value = |value: &Option<Value>| value.as_ref().map_or("not set".to_owned(), written);
    keys.iter().map(move |(key, change)| {
        format!("    {key}: {} -> {}", value(&change.from), value(&change.to))
    })
}

/// `"Web": dscp 18 (AF21), for destination-port 80, 443, protocol tcp`
fn described(policy: &Map<String, Value>) -> String {
    const ACTIONS: [&str; 3] = ["dscp", "throttle", "keep-marked"];
    let (actions, conditions): (Vec<&str>, Vec<&str>) =
        key::POLICY.into_iter().filter(|key| *key != "name").partition(|key| ACTIONS.contains(key));
    let list = |keys: Vec<&str>| -> Vec<String> {
        let set = keys.into_iter().filter_map(|key| Some((key, policy.get(key)?)));
        set.map(|(key, value)| format!("{key} {}", written(value))).collect()
    };
    let (actions, conditions) = (list(actions).join(", "), list(conditions));
    let conditions = match conditions.as_slice() {
        [] => "every IP packet".to_owned(),
        some => some.join("; "),
    };
    let name = policy.get("name").map(plain).unwrap_or_default();
    format!("\"{name}\": {actions}, for {conditions}")
}

/// A value as people write it, a DSCP as `46 (EF)`.
fn written(value: &Value) -> String {
    match (value.get("value"), value.get("name")) {
        (Some(number), Some(Value::String(name))) => format!("{number} ({name})"),
        (Some(number), _) => number.to_string(),
        (None, _) => plain(value),
    }
}
