//! `qos-loader show`

use insta::assert_snapshot;

use crate::command::{qos_loader, qos_loader_reads};

const LAYERS: [&str; 7] = [
    "show",
    "-f",
    "cli/policies",
    "-f",
    "policies/valid/example.toml",
    "-p",
    "name=Web,dscp=AF31,destination-port=8080|8443,source=any",
];

#[test]
fn nothing() {
    assert_snapshot!(qos_loader(&["show", "--no-default-layers"]));
}

#[test]
fn nothing_json() {
    assert_snapshot!(qos_loader(&["show", "--no-default-layers", "--json"]));
}

#[test]
fn settings_alone() {
    let settings = "[settings]\ninterfaces = \"eth0\"\napp-marking = \"allow\"\n";
    assert_snapshot!(qos_loader_reads(&["show", "-f", "-"], settings));
}

#[test]
fn layers() {
    assert_snapshot!(qos_loader(&LAYERS));
}

#[test]
fn layers_json() {
    assert_snapshot!(qos_loader(&[&LAYERS[..], &["--json"]].concat()));
}

#[test]
fn arguments_without_names() {
    assert_snapshot!(qos_loader(&["show", "-p", "dscp=1", "-p", "dscp=2,user=root"]));
}

#[test]
fn mistake() {
    assert_snapshot!(qos_loader(&["show", "-f", "policies/invalid/syntax.toml"]));
}
