//! A policy set as `show --json` prints it.

use core::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::policy as written;
use crate::policy::{layer::PolicySet, rank};

/// A policy set with the keys of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetDocument {
    /// The policies in winning order: with their keys, what Wi-Fi makes of them, where they stand,
    /// `rank` (0 wins first), `place` (0 is the first of the highest layer) and what they replaced.
    pub policies: Vec<Map<String, Value>>,
    /// The settings that are set.
    pub settings: Map<String, Value>,
    /// Where each of them stands.
    pub settings_from: Map<String, Value>,
}

impl SetDocument {
    /// The document of `set`.
    pub fn of(set: &PolicySet) -> Self {
        let places = places(set);
        let policy = |(rank, index): (usize, usize)| {
            let mut keys = written::document(&set.policies[index]);
            keys.insert("rank".to_owned(), json!(rank));
            keys.insert("place".to_owned(), json!(places[index]));
            let replaced = set.replaced[index].iter().map(written::origin);
            keys.insert("replaced".to_owned(), replaced.collect());
            keys
        };
        let order = rank::winning_order(&set.policies);
        Self {
            policies: order.into_iter().enumerate().map(policy).collect(),
            settings: written::settings(&set.settings),
            settings_from: written::settings_from(&set.settings),
        }
    }
}

impl SetDocument {
    /// The first 16 digits of the SHA-256 of the document: sets of one hash are the same.
    pub fn hash(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(text));
        format!("{:016x}", u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
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
