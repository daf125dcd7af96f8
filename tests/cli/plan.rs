//! What `qos-loader plan` refuses before it looks for a loader. What it compares is in the tests
//! with traffic, which have network namespaces of their own.

use insta::assert_snapshot;

use crate::command::qos_loader;

#[test]
fn with_a_mistake() {
    assert_snapshot!(qos_loader(&["plan", "-f", "policies/invalid/no-dscp.toml"]));
}

/// What `run` would refuse can't be planned.
#[test]
fn with_what_nothing_can_enforce() {
    assert_snapshot!(qos_loader(&["plan", "-i", "lo", "-p", "dscp=1,url=https://example.com/a"]));
}

#[test]
fn with_nothing_but_an_exception() {
    assert_snapshot!(qos_loader(&["plan", "-i", "!eth9", "-p", "dscp=1"]));
}

#[test]
fn with_a_broken_glob() {
    assert_snapshot!(qos_loader(&["plan", "-i", "eth[0", "-p", "dscp=1"]));
}
