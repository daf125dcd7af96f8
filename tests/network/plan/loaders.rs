//! With which loader a set is compared: those of other namespaces and those that have ended do not
//! count.

use nix::sys::signal::Signal;
use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR, ip},
};
use serde_json::{Value, json};

use super::{lines, plan, plan_by};

fn policy(name: &str) -> String {
    format!("[[policy]]\nname = \"{name}\"\ndscp = 46\n")
}

/// The names of the policies that stop to be in force.
fn removed(plan: &Value) -> Vec<&str> {
    let removed = plan["policies"]["removed"].as_array().unwrap();
    removed.iter().map(|policy| policy["name"].as_str().unwrap()).collect()
}

#[test]
fn one_of_several_is_chosen_by_its_interfaces() {
    let _lab = Lab::new();
    let loaders = [(NEAR, "first"), ("lo", "second")].map(|(name, policy_name)| {
        let loader = Loader::run(name, &policy(policy_name));
        (name, policy_name, loader)
    });
    let mut pids = Vec::new();
    for (interface, name, _) in &loaders {
        let plan = plan(&["-i", interface], "");
        assert_eq!(removed(&plan), [*name]);
        pids.push(format!("pid {} on {interface}", plan["running"]["pid"]));
    }
    for arguments in [&[][..], &["-i", "*"]] {
        let (code, stdout, stderr) = plan_by(loader::command(), arguments, "");
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(pids.iter().all(|pid| stderr.contains(pid)), "{stderr}");
    }
    let [(.., first), (.., second)] = loaders;
    drop(first);
    assert_eq!(removed(&plan(&[], "")), ["second"]);
    drop(second);
}

#[test]
fn interfaces_are_compared_where_some_are_named() {
    let _lab = Lab::new();
    let loader = Loader::run_with(&["-i", NEAR, "-i", "late*"], &policy("p"));
    let interfaces = |arguments: &[&str]| plan(arguments, &policy("p"))["interfaces"].clone();
    assert_eq!(interfaces(&[]), json!(null));
    let both = json!({ "added": ["lo"], "removed": [], "unchanged": [NEAR] });
    assert_eq!(interfaces(&["-i", "*"]), both);
    let other = json!({ "added": ["lo"], "removed": [NEAR], "unchanged": [] });
    let settings = format!("[settings]\ninterfaces = [\"lo\"]\n{}", policy("p"));
    assert_eq!(plan(&[], &settings)["interfaces"], other);
    assert_eq!(
        lines(&[], &settings),
        [
            "~ settings",
            "    interfaces: not set -> lo",
            "+ interface lo",
            "- interface near0",
            "  (a reload leaves the interfaces: start `run` again)",
            "0 policies added, 0 removed, 0 changed, 1 unchanged",
        ]
    );
    // It is not on the one that is named.
    assert_eq!(plan(&["-i", "lo"], &policy("p"))["running"], json!(null));

    ip("link add late0 type veth peer name other0");
    loader.wait_for_log("attached to late0");
    let late = json!({ "added": [], "removed": [NEAR], "unchanged": ["late0"] });
    assert_eq!(interfaces(&["-i", "late0"]), late);
}

#[test]
fn one_that_waits_for_its_interfaces_is_found_by_them() {
    let _lab = Lab::new();
    let _loader = Loader::run_with(&["-i", "late*"], &policy("p"));
    let planned = plan(&["-i", "late*"], "");
    assert_eq!(removed(&planned), ["p"]);
    assert_eq!(planned["interfaces"], json!({ "added": [], "removed": [], "unchanged": [] }));
}

#[test]
fn one_that_was_killed_does_not_run() {
    let _lab = Lab::new();
    for signal in [Signal::SIGKILL, Signal::SIGTERM] {
        let loader = Loader::run(NEAR, &policy("p"));
        assert_eq!(removed(&plan(&[], "")), ["p"]);
        loader.end(signal);
        assert_eq!(plan(&[], "")["running"], json!(null), "{signal}");
    }
}

#[test]
fn one_of_another_namespace_is_not_seen() {
    let lab = Lab::new();
    let _loader = Loader::run(NEAR, &policy("near"));
    let _other = lab.in_far(|| Loader::run("lo", &policy("far")));
    assert_eq!(removed(&plan(&[], "")), ["near"]);
    assert_eq!(removed(&lab.in_far(|| plan(&[], ""))), ["far"]);
    assert_eq!(lab.in_far(|| plan(&["-i", "far0"], ""))["running"], json!(null));
}
