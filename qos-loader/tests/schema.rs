//! What `qos-loader schema` prints is a JSON Schema, has every key, accepts every policy file that
//! the program accepts, and refuses the others but for what only the program can find out.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]

mod schema {
    pub(super) mod values;
}

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use proptest::prelude::*;
use qos_loader::diagnostic::Text;
use qos_loader::policy::check::key;
use qos_loader::policy::layer::PolicySet;
use qos_loader::policy::schema::schema;
use qos_loader::policy::source::{Form, Layer};
use schema::values::{self, Key};
use serde_json::{Value, json};

/// Parts of `tests/policies/invalid` that are wrong for what no schema can say.
const ONLY_THE_PROGRAM: &[&str] = &[
    // Bits and lengths.
    "address.toml: host bits",
    "address.toml: host bits of IPv6",
    "application-length.toml: 256 bytes",
    "application-length.toml: 256 bytes in 128 letters",
    "application-length.toml: 4096 bytes",
    "host-length.toml: 254 bytes",
    "name-too-long.toml: ääääääääääääääääääääääääääääääääääääääää",
    "throttle-number.toml: more than can be counted",
    "too-many-rules.toml: large",
    // Values that can't be met together.
    "families.toml: no packet is of both families",
    "families.toml: nor the other way round",
    "families-beside-mistakes.toml: one family is wrong",
    "icmp-family.toml: ICMP over IPv6",
    "icmp-family.toml: ICMPv6 over IPv4",
    "name-twice.toml: together",
    "portless-protocol.toml: by name",
    "portless-protocol.toml: in a list",
    "several-policies.toml: four",
    "url-protocol.toml: UDP",
    "url-protocol.toml: in a list",
    // What no short pattern says.
    "url-host.toml: address of five",
    "url-path.toml: dots",
    // To a schema 1.0 is a whole number.
    "dscp-number.toml: fraction",
    "version-fraction.toml: version",
];

#[test]
fn it_is_a_schema() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::draft202012::meta::validate(&schema).unwrap();
}

#[test]
fn it_has_the_keys_of_the_program() {
    let schema = schema();
    let policy = &schema["properties"]["policy"]["items"];
    let settings = &schema["properties"]["settings"];
    for (table, keys) in
        [(&schema, &key::TOP_LEVEL[..]), (policy, &key::POLICY), (settings, &key::SETTINGS)]
    {
        let properties = table["properties"].as_object().unwrap();
        assert_eq!(properties.keys().collect::<Vec<_>>(), keys);
        let explained =
            |schema: &Value| schema["description"].as_str().is_some_and(|text| !text.is_empty());
        assert!(properties.values().all(explained));
        assert_eq!(table["additionalProperties"], false);
    }
    let tried = values::KEYS.map(|key| key.name);
    assert_eq!(tried[..], [&key::POLICY[..], &key::SETTINGS].concat());
}

#[test]
fn it_accepts_valid_files() {
    let validator = validator();
    let folder = root().join("tests/policies/valid");
    let files =
        toml_files(&folder).into_iter().map(|file| (fs::read_to_string(&file).unwrap(), file));
    let mut texts: Vec<(String, PathBuf)> = files.collect();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        texts.extend(toml_blocks(&text).map(|block| (block.to_owned(), document.clone())));
    }
    assert!(texts.len() > 20);
    for (text, file) in texts {
        let text = text.trim_start_matches('\u{feff}');
        let document = serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
    }
}

#[test]
fn it_refuses_invalid_files_but_for_what_only_the_program_can_find_out() {
    let validator = validator();
    let mut passed = BTreeSet::new();
    for file in toml_files(&root().join("tests/policies/invalid")) {
        // Where the syntax is wrong there is nothing to compare.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let Ok(whole) = toml::from_str::<toml::Table>(&text) else { continue };
        let name = file.file_name().unwrap().to_str().unwrap();
        let mut wrong = parts(&whole);
        wrong.retain(|(label, part)| {
            let accepted = program_accepts(&toml::to_string(part).unwrap());
            let passes = validator.is_valid(&serde_json::to_value(part).unwrap());
            assert!(passes || !accepted, "the schema refuses {label} of {name}");
            !accepted
        });
        if wrong.is_empty() {
            wrong.push(("together".to_owned(), whole));
        }
        for (label, part) in wrong {
            if validator.is_valid(&serde_json::to_value(part).unwrap()) {
                passed.insert(format!("{name}: {label}"));
            }
        }
    }
    let known: BTreeSet<String> = ONLY_THE_PROGRAM.iter().map(|&one| one.to_owned()).collect();
    let differ: Vec<&String> = passed.symmetric_difference(&known).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// And where a pattern says all there is to say, it accepts nothing else either.
    #[test]
    fn it_refuses_nothing_that_the_program_accepts((key, value) in values::any_key()) {
        let document = document(key, &value);
        let accepted = program_accepts(&toml::to_string(&document).unwrap());
        let passes = VALIDATOR.with(|validator| validator.is_valid(&document));
        prop_assert!(passes || !accepted, "{document}");
        prop_assert!(!key.exact || passes == accepted, "{document}");
    }
}

/// Each policy of a document alone, and each of its other keys, with what it is called.
fn parts(document: &toml::Table) -> Vec<(String, toml::Table)> {
    let mut parts = Vec::new();
    let alone = |key: &str, value: toml::Value| toml::Table::from_iter([(key.to_owned(), value)]);
    for (key, value) in document {
        if let (toml::Value::Array(policies), "policy") = (value, key.as_str()) {
            parts.extend(policies.iter().map(|policy| {
                let name = policy.get("name").and_then(toml::Value::as_str);
                let name = name.unwrap_or("no name").chars().take(40).collect();
                (name, alone(key, toml::Value::Array(vec![policy.clone()])))
            }));
        } else {
            parts.push((key.clone(), alone(key, value.clone())));
        }
    }
    parts
}

fn program_accepts(text: &str) -> bool {
    let texts = vec![Text::new("test", text.to_owned())];
    PolicySet::of(&[Layer { name: "test".to_owned(), form: Form::File, texts }]).is_ok()
}

thread_local! {
    static VALIDATOR: Validator = validator();
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|one| one == "toml")).collect();
    files.sort();
    files
}

fn documents() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    docs.chain([root().join("README.md")]).collect()
}

fn toml_blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n```toml\n").skip(1).map(|block| block.split("```").next().unwrap())
}

fn document(key: Key, value: &Value) -> Value {
    if key::SETTINGS.contains(&key.name) {
        return json!({ "settings": { key.name: value } });
    }
    let mut policy = json!({ "name": "test", "dscp": 1 });
    if key.name == "subdirectories" {
        policy["url"] = json!("http://test/");
    }
    policy[key.name] = value.clone();
    json!({ "policy": [policy] })
}
