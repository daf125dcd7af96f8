//! A plan for machines.

use serde_json::{Map, Value, json};

use super::Plan;
use crate::{control::Running, policy::difference::Keys};

/// The document that `--json` prints.
pub(super) fn of(plan: &Plan) -> Value {
    let difference = &plan.policies;
    let changed = difference.changed.iter();
    let changed: Vec<Value> =
        changed.map(|(name, of_policy)| json!({ "name": name, "keys": keys(of_policy) })).collect();
    let turned = difference.turned.iter();
    let turned: Vec<Value> =
        turned.map(|(winner, loser)| json!({ "winner": winner, "loser": loser })).collect();
    json!({
        "running": plan.running.as_ref().map(running),
        "policies": {
            "added": difference.added,
            "removed": difference.removed,
            "changed": changed,
            "unchanged": difference.unchanged,
        },
        "turned": turned,
        "settings": keys(&difference.settings),
        "interfaces": plan.interfaces,
    })
}

fn running(Running { pid, version, since, interfaces, .. }: &Running) -> Value {
    json!({ "pid": pid, "version": version, "since": since, "interfaces": interfaces })
}

fn keys(keys: &Keys) -> Map<String, Value> {
    keys.iter().map(|(key, change)| ((*key).to_owned(), json!(change))).collect()
}
