//! What `qos-loader demo` does without traffic; with it, it is among the tests with traffic.

use insta::assert_snapshot;

use crate::command::{qos_loader, qos_loader_without_privileges};

#[test]
fn without_privileges() {
    assert_snapshot!(qos_loader_without_privileges(&["demo"]));
}

/// The policies that it prints are a file that the other commands read.
#[test]
fn its_policies() {
    let transcript = qos_loader(&["demo", "--policies"]);
    assert_snapshot!(transcript);
    let policies = transcript.split_once("--- standard output\n").unwrap().1;
    let check = crate::command::qos_loader_reads(&["check", "-f", "-"], policies);
    assert!(check.starts_with("$ qos-loader check -f -\nexit code 0\n"), "{check}");
}
