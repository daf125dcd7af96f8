//! `[settings]`.

use serde_json::{Map, Value, json};

use super::form::{one_or_more, word};
use super::{described, network, value};
use crate::policy::check::key;
use crate::policy::settings::{AppMarking, Shaper};

pub(super) fn schema() -> Value {
    let keys = key::SETTINGS.iter().map(|key| ((*key).to_owned(), of(key)));
    json!({
        "type": "object",
        "properties": keys.collect::<Map<String, Value>>(),
        "additionalProperties": false,
    })
}

fn of(key: &str) -> Value {
    match key {
        "interfaces" => described(
            "Where commands attach without --interface: names and globs; those after a `!` are \
             left out",
            one_or_more(network::interface),
        ),
        "app-marking" => described(
            "What becomes of marks that applications set themselves: `ignore` clears those that \
             no policy replaces",
            word::<AppMarking>(),
        ),
        "inbound-throughput-level" => described(
            "The largest receive window: 0 is 64 KB, 1 is 256 KB, 2 is 1 MB, 3 is 16 MB; absent, \
             it is left alone",
            value::level(),
        ),
        "shaper" => described("How rates are limited", word::<Shaper>()),
        // A key without a schema would be refused.
        _ => json!(false),
    }
}
