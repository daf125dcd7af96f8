//! The JSON Schema of the policy file, by which editors complete and check it. It is made of the
//! tables that the program itself reads with. It refuses nothing that the program accepts; what
//! only the program can find out, such as a prefix with host bits, it lets pass.

mod form;
mod network;
mod pattern;
mod policy;
mod settings;
mod value;

use serde_json::{Map, Value, json};

use super::check::{VERSION, key};

/// The schema of a policy file in TOML.
pub fn schema() -> Value {
    let keys = key::TOP_LEVEL.iter().map(|key| ((*key).to_owned(), top_level(key)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "qos-loader policy file",
        "description": "Which packets leave with which DSCP and how fast. \
                        `qos-loader check --file FILE` checks all of it.",
        "type": "object",
        "properties": keys.collect::<Map<String, Value>>(),
        "additionalProperties": false,
    })
}

fn top_level(key: &str) -> Value {
    match key {
        "version" => described(
            "The version of the file's format; it may be left out",
            json!({ "const": VERSION }),
        ),
        "settings" => described("What holds for all policies", settings::schema()),
        "policy" => described(
            "The policies: the most specific one that a packet matches applies to it",
            json!({ "type": "array", "items": policy::schema() }),
        ),
        // A key without a schema would be refused.
        _ => json!(false),
    }
}

/// `schema` with the text that an editor shows for it.
fn described(description: &str, schema: Value) -> Value {
    let mut described = json!({ "description": description });
    if let (Value::Object(described), Value::Object(schema)) = (&mut described, schema) {
        described.extend(schema);
    }
    described
}
