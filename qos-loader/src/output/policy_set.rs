//! An effective set as a JSON document, which reads as a policy file of the same set.

use core::cmp::Reverse;

use serde_json::{Value, json};

use super::policy;
use crate::policy::{layer::PolicySet, rank};

/// The policies in winning order, each with its rank, its place and what it replaced; and the
/// settings.
pub fn document(set: &PolicySet) -> Value {
    let places = places(set);
    let written = |(rank, index): (usize, usize)| {
        let mut keys = policy::document(&set.policies[index]);
        keys.insert("rank".to_owned(), json!(rank));
        keys.insert("place".to_owned(), json!(places[index]));
        let replaced = set.replaced[index].iter().map(policy::origin);
        keys.insert("replaced".to_owned(), replaced.collect());
        Value::Object(keys)
    };
    let order = rank::winning_order(&set.policies);
    let policies: Vec<Value> = order.into_iter().enumerate().map(written).collect();
    json!({
        "policies": policies,
        "settings": policy::settings(&set.settings),
        "settings-from": policy::settings_from(&set.settings),
    })
}

/// For each policy its place where nothing else decides: 0 is the first of the highest layer.
fn places(set: &PolicySet) -> Vec<usize> {
    let origin = |index: &usize| &set.policies[*index].origin;
    let mut order: Vec<usize> = (0..set.policies.len()).collect();
    order.sort_by_key(|index| (Reverse(origin(index).layer), origin(index).place));
    let mut places = vec![0; order.len()];
    order.into_iter().enumerate().for_each(|(place, index)| places[index] = place);
    places
}
