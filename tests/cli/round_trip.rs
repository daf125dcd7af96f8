//! What `show --json` prints is a policy file of the same set.

use qos_tests::loader;
use serde_json::Value;

use crate::command::output;

const LAYERS: [&str; 14] = [
    "-f",
    "cli/policies",
    "-f",
    "policies/valid/example.toml",
    "-p",
    "name=Web,throttle=8 mbit,keep-marked=true,destination-port=8080|443",
    "-p",
    "name=Pages,dscp=18,url=https://*:*/a|http://training/b,subdirectories=false",
    "-p",
    "name=Copies,dscp=LE,application=rsync,group=users|100,destination-host=*.example.com",
    "-p",
    "name=Copies again,dscp=LE,application=rsync,group=0,destination-host=a.example.com|com",
    "-p",
    r"name=Bytes,dscp=LE,application=/opt/b\xfcro\x2a/\\|\x25a\x7cb",
];

#[test]
fn what_show_prints_is_read_as_the_same_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("set.json");
    let shown = show(&LAYERS);
    std::fs::write(&file, &shown).unwrap();
    let again = show(&["--file", file.to_str().unwrap()]);
    let (shown, again) = (without_places(&shown), without_places(&again));
    assert_eq!(again, shown);
    assert!(shown["policies"].as_array().unwrap().len() > 6);
    assert!(!shown["settings"].as_object().unwrap().is_empty());
}

fn show(arguments: &[&str]) -> Vec<u8> {
    let output = output(loader::command(), &[&["show", "--json"], arguments].concat(), b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The document but for where its policies and settings stand, and what they replaced there.
fn without_places(document: &[u8]) -> Value {
    let mut document: Value = serde_json::from_slice(document).unwrap();
    document.as_object_mut().unwrap().remove("settings_from").unwrap();
    for policy in document["policies"].as_array_mut().unwrap() {
        for key in ["layer", "file", "line", "replaced"] {
            policy.as_object_mut().unwrap().remove(key).unwrap();
        }
    }
    document
}
