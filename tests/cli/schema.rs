//! `qos-loader schema`

use qos_tests::loader;
use serde_json::Value;

use crate::command::output;

#[test]
fn with_and_without_json_it_is_the_same_document() {
    let [plain, json] = [&["schema"][..], &["schema", "--json"]]
        .map(|arguments| output(loader::command(), arguments, b""));
    for printed in [&plain, &json] {
        assert!(printed.status.success());
        assert!(printed.stderr.is_empty());
    }
    assert_eq!(plain.stdout, json.stdout);
    let schema: Value = serde_json::from_slice(&plain.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["policy"]["items"]["required"][0], "name");
}
