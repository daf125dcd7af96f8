//! `status`: what it says of loaders that run, and where none does.

use std::process::Command;

use nix::sys::signal::Signal;
use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR},
};
use serde_json::{Value, json};

use crate::clsact;

/// Nothing asks who sends.
const PLAIN: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";

/// Something does.
const ASKS: &str = "[[policy]]\nname = \"p\"\napplication = \"rsync\"\ndscp = 8\n";

/// Receive windows are limited.
const LIMITS: &str = "settings = { inbound-throughput-level = 1 }\n";

/// The hooks that every kernel has which the loader runs on.
const EVERYWHERE: [&str; 5] = [
    "cgroup/sock_create",
    "cgroup/connect4",
    "cgroup/connect6",
    "cgroup/sendmsg4",
    "cgroup/sendmsg6",
];

fn printed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &[][..]), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// For people.
fn text() -> String {
    let mut command = loader::command();
    command.arg("status");
    printed(command)
}

/// For machines: the loaders that run.
fn documents() -> Vec<Value> {
    let mut command = loader::command();
    command.args(["status", "--json"]);
    let document: Value = serde_json::from_str(&printed(command)).unwrap();
    document["running"].as_array().unwrap().clone()
}

/// The only loader there is.
fn document() -> Value {
    let mut all = documents();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// What stands beside `what` in the text.
fn row(what: &str) -> String {
    let text = text();
    let found = text.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {what} in:\n{text}")).trim().to_owned()
}

/// Whether the kernel has a program of this number, and whose it is.
fn is_program(number: &Value) -> bool {
    let number = u32::try_from(number.as_u64().unwrap()).unwrap();
    let programs = aya::programs::loaded_programs().map(Result::unwrap);
    let names: Vec<String> = programs
        .filter(|program| program.id() == number)
        .map(|program| program.name_as_str().unwrap().to_owned())
        .collect();
    names == ["qos_ethernet"]
}

#[test]
fn where_nothing_runs() {
    let _lab = Lab::new();
    assert_eq!(text(), "nothing runs in this network namespace\n");
    assert_eq!(documents(), [Value::Null; 0]);
}

#[test]
fn is_of_what_runs() {
    let _lab = Lab::new();
    let loader = Loader::run_with(&["-i", NEAR, "-i", "!lo", "--ingress", NEAR], PLAIN);
    let document = document();
    assert_eq!(document["pid"], loader.pid().as_raw());
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["policies"], 1);
    assert_eq!(document["named"], json!([NEAR, "!lo"]));
    assert_eq!((&document["interfaces"], &document["ingress"]), (&json!([NEAR]), &json!([NEAR])));
    assert_eq!((&document["hooks"], &document["limits"]), (&json!([]), &json!([])));
    let programs = document["programs"].as_array().unwrap();
    assert!(programs.len() == 1 && programs.iter().all(is_program), "{programs:?}");

    let process = format!("{}, version {}", loader.pid(), env!("CARGO_PKG_VERSION"));
    assert_eq!(row("process"), process);
    assert_eq!(row("policies"), format!("1, hash {}", document["hash"].as_str().unwrap()));
    assert_eq!((row("interfaces"), row("ingress")), (NEAR.to_owned(), NEAR.to_owned()));
    assert_eq!(row("programs"), programs[0].to_string());
    assert!(row("in force for").ends_with(" s"));
    assert!(loader.end(Signal::SIGTERM).status.success());
    assert_eq!(documents(), [Value::Null; 0]);
}

/// The same set has the same hash, in whatever words; another has another.
#[test]
fn has_a_hash_of_the_set() {
    let _lab = Lab::new();
    let hash = || document()["hash"].as_str().unwrap().to_owned();
    let loader = Loader::run(NEAR, PLAIN);
    let first = hash();
    loader.replace(&PLAIN.replace("46", "10"));
    let second = hash();
    assert_ne!(first, second);
    loader.replace(&PLAIN.replace("46", "\"EF\""));
    assert_eq!(hash(), first);
}

/// The hooks are attached with the first policy that asks who sends, also by a reload.
#[test]
fn has_the_hooks_that_a_policy_needs() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, PLAIN);
    assert_eq!(document()["hooks"], json!([]));
    loader.replace(ASKS);
    let document = document();
    let hooks = document["hooks"].as_array().unwrap();
    for name in EVERYWHERE {
        let attached = json!({ "name": name, "state": "attached" });
        assert!(hooks.contains(&attached), "{name}: {hooks:#?}");
        assert_eq!(row(name), "attached");
    }
    let state = |name: &str| {
        let hook = hooks.iter().find(|hook| hook["name"] == name);
        hook.unwrap_or_else(|| panic!("{name}: {hooks:#?}"))["state"].as_str().unwrap()
    };
    // One of both ways is there, and what is missing says why.
    if state("fentry/security_socket_sendmsg") == "attached" {
        assert_eq!(state("tp_btf/sock_send_length"), "not needed");
        assert_eq!(document["limits"], json!([]));
    } else {
        assert_ne!(state("tp_btf/sock_send_length"), "not needed");
        let limits = document["limits"].as_array().unwrap();
        let rows: Vec<String> = text()
            .lines()
            .filter_map(|line| Some(line.strip_prefix("limit ")?.trim().to_owned()))
            .collect();
        assert!(!limits.is_empty());
        assert_eq!(rows, *limits);
    }
    for hook in hooks {
        assert_eq!(hook["state"] == "missing", hook["reason"].is_string(), "{hook}");
    }
}

/// Those that limit windows are there as long as a level is.
#[test]
fn has_the_hooks_that_a_level_needs() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, LIMITS);
    let attached = |name: &str| json!({ "name": name, "state": "attached" });
    let hooks = json!(["cgroup/sock_ops", "iter/tcp"].map(attached));
    let running = document();
    assert_eq!((&running["hooks"], &running["limits"]), (&hooks, &json!([])));
    assert_eq!((row("cgroup/sock_ops"), row("iter/tcp")), ("attached".into(), "attached".into()));
    loader.replace(&format!("{LIMITS}{ASKS}"));
    let both = document()["hooks"].as_array().unwrap().clone();
    assert!(both.ends_with(hooks.as_array().unwrap()) && both.len() > EVERYWHERE.len() + 2);
    loader.replace(PLAIN);
    assert_eq!(document()["hooks"].as_array().unwrap().len(), both.len() - 2);
}

#[test]
fn names_each_loader() {
    let _lab = Lab::new();
    let loaders = [Loader::run(NEAR, PLAIN), Loader::run("lo", PLAIN)];
    let found: Vec<i64> = documents().iter().map(|one| one["pid"].as_i64().unwrap()).collect();
    let mut expected = loaders.each_ref().map(|loader| i64::from(loader.pid().as_raw()));
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(text().matches("process ").count(), 2);
}

/// What is attached as a filter is said in the same way.
#[test]
fn is_of_filters_too() {
    let _lab = Lab::new();
    let loader = Loader::start_by(clsact::command(), &["-i", NEAR, "--ingress", NEAR], PLAIN);
    loader.wait_until_ready();
    let document = document();
    assert_eq!((&document["interfaces"], &document["ingress"]), (&json!([NEAR]), &json!([NEAR])));
    assert!(document["programs"].as_array().unwrap().iter().all(is_program));
}
