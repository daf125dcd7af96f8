//! `qos-loader dscp`

use insta::assert_snapshot;

use crate::command::qos_loader;

#[test]
fn table() {
    assert_snapshot!(qos_loader(&["dscp"]));
}

#[test]
fn table_json() {
    assert_snapshot!(qos_loader(&["dscp", "--json"]));
}

#[test]
fn one_by_each_of_its_names() {
    let rows = ["46", "0x2e", "EF", "ef", "tos:0xb8", "tos:184"].map(|value| {
        let transcript = qos_loader(&["dscp", value]);
        transcript.split_once('\n').unwrap().1.to_owned()
    });
    assert!(rows.iter().all(|row| *row == rows[0]), "{rows:#?}");
    assert_snapshot!(rows[0]);
}

#[test]
fn one_json() {
    assert_snapshot!(qos_loader(&["dscp", "af41", "--json"]));
}

#[test]
fn one_without_a_name() {
    assert_snapshot!(qos_loader(&["dscp", "63"]));
}

#[test]
fn wrong() {
    let transcripts =
        ["184", "64", "-1", "AF44", "tos:256", ""].map(|value| qos_loader(&["dscp", value]));
    assert_snapshot!(transcripts.join("\n"));
}
