//! `qos-loader check`

use insta::assert_snapshot;

use crate::command::{qos_loader, qos_loader_reads};

#[test]
fn valid() {
    assert_snapshot!(qos_loader(&["check", "-f", "cli/policies/20-site.toml"]));
}

#[test]
fn valid_json() {
    assert_snapshot!(qos_loader(&["check", "--json", "-f", "cli/policies/20-site.toml"]));
}

#[test]
fn nothing() {
    assert_snapshot!(qos_loader(&["check", "--no-default-layers"]));
}

#[test]
fn a_directory_is_one_layer() {
    assert_snapshot!(qos_loader(&["check", "-f", "cli/policies"]));
}

#[test]
fn mistakes() {
    assert_snapshot!(qos_loader(&["check", "-f", "policies/invalid/all-at-once.toml"]));
}

#[test]
fn mistakes_json() {
    assert_snapshot!(qos_loader(&["check", "--json", "-f", "policies/invalid/all-at-once.toml"]));
}

#[test]
fn mistakes_of_arguments() {
    let wrong =
        ["dscp=184", "dscp=EF,port=80", "name=x", "destination-port=0|70000,dscp=1", "dscp"];
    let options = wrong.iter().flat_map(|policy| ["--policy", policy]);
    let arguments: Vec<&str> = ["check"].into_iter().chain(options).collect();
    assert_snapshot!(qos_loader(&arguments));
}

#[test]
fn mistakes_of_several_files() {
    let [one, other] = ["policies/invalid/no-dscp.toml", "policies/invalid/name-twice.toml"];
    assert_snapshot!(qos_loader(&["check", "-f", one, "-f", other]));
}

/// No machine has these.
const ABSENT: &str = "name=absent,dscp=1,user=no-such-user,cgroup=/no-such.slice";

#[test]
fn names_that_stand_for_nothing() {
    assert_snapshot!(qos_loader(&["check", "-p", ABSENT]));
}

#[test]
fn names_that_stand_for_nothing_json() {
    assert_snapshot!(qos_loader(&["check", "--json", "-p", ABSENT]));
}

const CONFLICT: [&str; 5] = [
    "check",
    "-p",
    "name=one,dscp=1,destination-port=80:90",
    "-p",
    "name=two,dscp=2,destination-port=85:95",
];

#[test]
fn conflict() {
    assert_snapshot!(qos_loader(&CONFLICT));
}

#[test]
fn conflict_json() {
    assert_snapshot!(qos_loader(&[&CONFLICT[..], &["--json"]].concat()));
}

/// One policy more than the kernel's tables hold.
#[test]
fn too_many() {
    let policy = |index| format!("[[policy]]\nname = \"{index}\"\ndscp = 1\n");
    let policies: String = (0..=16384).map(policy).collect();
    assert_snapshot!(qos_loader_reads(&["check", "-f", "-"], &policies));
}
