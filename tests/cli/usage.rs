//! Command lines that are wrong: exit code 2, and what is wrong with them on standard error.

use insta::assert_snapshot;

use crate::command::qos_loader;

#[test]
fn no_command() {
    assert_snapshot!(qos_loader(&[]));
}

#[test]
fn unknown_command() {
    assert_snapshot!(qos_loader(&["chek"]));
}

#[test]
fn unknown_option() {
    assert_snapshot!(qos_loader(&["check", "--fil", "policies"]));
}

#[test]
fn option_without_its_value() {
    assert_snapshot!(qos_loader(&["check", "--file"]));
}

#[test]
fn unknown_log_level() {
    assert_snapshot!(qos_loader(&["--log-level", "loud", "check"]));
}

#[test]
fn a_file_that_is_not_there() {
    assert_snapshot!(qos_loader(&["check", "-f", "policies/none.toml"]));
}

#[test]
fn standard_input_twice() {
    assert_snapshot!(qos_loader(&["check", "-f", "-", "-f", "-"]));
}
