//! `plan`: what it says is what a reload does, and whom the loader tells what is in force.

mod clients;
mod loaders;

use std::{fs, process::Command};

use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR},
};
use serde_json::{Value, json};

const BEFORE: &str = r#"
    [[policy]]
    name = "Backup"
    dscp = "CS1"
    destination-port = 443
    protocol = "tcp"
    [[policy]]
    name = "Old"
    dscp = "LE"
    [[policy]]
    name = "Calls"
    dscp = "EF"
    user = [1001, 1002]
    [[policy]]
    name = "Spare"
    dscp = "AF43"
    destination-port = 443
    protocol = "tcp"
"#;

const AFTER: &str = r#"
    [settings]
    app-marking = "allow"
    [[policy]]
    name = "Spare"
    dscp = "AF43"
    destination-port = 443
    protocol = "tcp"
    [[policy]]
    name = "Backup"
    dscp = "AF11"
    destination-port = 443
    protocol = "tcp"
    [[policy]]
    name = "Calls"
    dscp = 46
    user = [1002, 1001]
    [[policy]]
    name = "Web"
    dscp = 2
    destination-port = [80, "8080:8089"]
"#;

/// How `qos-loader plan` ended, and what it printed to standard output and standard error.
fn plan_by(mut command: Command, arguments: &[&str], policies: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policies.toml");
    fs::write(&file, policies).unwrap();
    let output = command.arg("plan").args(arguments).arg("--file").arg(&file).output().unwrap();
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), stdout, stderr)
}

/// The plan for machines.
fn plan(arguments: &[&str], policies: &str) -> Value {
    let ended = plan_by(loader::command(), &[arguments, &["--json"]].concat(), policies);
    assert_eq!((ended.0, ended.2.as_str()), (0, ""), "{}", ended.1);
    serde_json::from_str(&ended.1).unwrap()
}

/// The lines of the plan for people, but for the first, which names the process.
fn lines(arguments: &[&str], policies: &str) -> Vec<String> {
    let (code, stdout, stderr) = plan_by(loader::command(), arguments, policies);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    stdout.lines().skip(1).map(str::to_owned).collect()
}

/// Panics if `plan` sees a change.
fn assert_no_change(arguments: &[&str], policies: &str, unchanged: usize) {
    let plan = plan(arguments, policies);
    let policies = json!({ "added": [], "removed": [], "changed": [], "unchanged": unchanged });
    assert_eq!(plan["policies"], policies, "{plan:#}");
    assert_eq!((&plan["turned"], &plan["settings"]), (&json!([]), &json!({})));
    assert!(plan["running"]["pid"].is_u64(), "{plan:#}");
}

#[test]
fn is_what_a_reload_does() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, BEFORE);
    assert_no_change(&[], BEFORE, 4);
    assert_eq!(lines(&["-i", NEAR], BEFORE), ["no change"]);

    let planned = plan(&["-i", NEAR], AFTER);
    let names = |list: &Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|policy| policy["name"].clone()).collect()
    };
    assert_eq!(names(&planned["policies"]["added"]), ["Web"]);
    assert_eq!(planned["policies"]["added"][0]["destination-port"], json!([80, "8080:8089"]));
    assert_eq!(names(&planned["policies"]["removed"]), ["Old"]);
    let dscp = |value, name, tos| json!({ "value": value, "name": name, "tos": tos });
    let keys = json!({ "dscp": { "from": dscp(8, "CS1", 32), "to": dscp(10, "AF11", 40) } });
    assert_eq!(planned["policies"]["changed"], json!([{ "name": "Backup", "keys": keys }]));
    assert_eq!(planned["policies"]["unchanged"], 2);
    let turned = planned["turned"].as_array().unwrap();
    assert_eq!(turned.len(), 1, "{planned}");
    assert_eq!(planned["settings"], json!({ "app-marking": { "from": null, "to": "allow" } }));
    let interfaces = json!({ "added": [], "removed": [], "unchanged": [NEAR] });
    assert_eq!(planned["interfaces"], interfaces);
    assert_eq!(planned["running"]["interfaces"], json!([NEAR]));

    assert_eq!(
        lines(&[], AFTER),
        [
            "+ \"Web\": dscp 2, for destination-port 80, 8080:8089",
            "- \"Old\": dscp 1 (LE), for every IP packet",
            "~ \"Backup\"",
            "    dscp: 8 (CS1) -> 10 (AF11)",
            "~ order: \"Spare\" stands before \"Backup\", and wins",
            "~ settings",
            "    app-marking: not set -> allow",
            "1 policy added, 1 removed, 1 changed, 2 unchanged",
        ]
    );

    loader.reload(AFTER);
    let logged = loader.wait_for_log("event=16501");
    assert!(logged.contains("added=1 removed=1 changed=1"), "{logged}");
    assert_no_change(&[], AFTER, 4);
    assert_eq!(lines(&["-i", NEAR], AFTER), ["no change"]);
    let since = |plan: &Value| plan["running"]["since"].as_u64().unwrap();
    assert!(since(&plan(&[], AFTER)) >= since(&planned));
}

/// A set that changes nothing is refreshed without changes, wherever its policies stand.
#[test]
fn has_no_change_where_only_lines_move() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, BEFORE);
    let (last, rest) = (
        BEFORE.rfind("[[policy]]").unwrap(),
        BEFORE.find("[[policy]]\n    name = \"Old\"").unwrap(),
    );
    let commented = format!("# A comment.\n\n{BEFORE}");
    // "Backup" stays before "Spare": of no others does the place decide.
    let moved = [&BEFORE[rest..last], &BEFORE[..rest], &BEFORE[last..]].concat();
    for same in [commented, moved] {
        assert_no_change(&[], &same, 4);
        loader.reload(&same);
        loader.wait_for_log("event=16500");
        assert_no_change(&[], &same, 4);
    }
}

/// A mistake changes nothing, so what is in force is what it is compared with afterwards.
#[test]
fn compares_with_what_is_in_force() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, BEFORE);
    loader.reload("[[policy]]\n");
    loader.wait_for_log("event=16700");
    assert_no_change(&[], BEFORE, 4);
    let (code, stdout, stderr) = plan_by(loader::command(), &[], "[[policy]]\n");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("error[16706]"), "{stderr}");
}

#[test]
fn is_of_everything_where_nothing_runs() {
    let _lab = Lab::new();
    let planned = plan(&[], BEFORE);
    assert_eq!((&planned["running"], &planned["interfaces"]), (&json!(null), &json!(null)));
    assert_eq!(planned["policies"]["added"].as_array().unwrap().len(), 4);
    let (_, text, _) =
        plan_by(loader::command(), &["-i", NEAR], "[[policy]]\nname = \"p\"\ndscp = 0\n");
    assert_eq!(
        text,
        "nothing runs there: all of this is new\n\
         + \"p\": dscp 0 (CS0), for every IP packet\n\
         + interface near0\n\
         1 policy added, 0 removed, 0 changed, 0 unchanged\n"
    );
}
