//! What `qos-loader run` refuses. What it does is in the tests with traffic.

use insta::assert_snapshot;

use crate::command::{qos_loader, qos_loader_reads, qos_loader_without_privileges};

#[test]
fn without_privileges() {
    assert_snapshot!(qos_loader_without_privileges(&["run", "-i", "lo", "-p", "dscp=1"]));
}

#[test]
fn without_privileges_json() {
    assert_snapshot!(qos_loader_without_privileges(&["run", "-i", "lo", "-p", "dscp=1", "--json"]));
}

#[test]
fn without_an_interface() {
    assert_snapshot!(qos_loader(&["run", "-p", "dscp=1"]));
}

#[test]
fn with_nothing_but_an_exception() {
    assert_snapshot!(qos_loader(&["run", "-i", "!eth9", "-p", "dscp=1"]));
}

#[test]
fn with_a_broken_glob() {
    assert_snapshot!(qos_loader(&["run", "-i", "eth[0", "-p", "dscp=1"]));
}

/// The policies are read before anything else happens.
#[test]
fn with_a_mistake() {
    assert_snapshot!(qos_loader(&["run", "-i", "lo", "-f", "policies/invalid/tos-byte.toml"]));
}

#[test]
fn with_a_mistake_json() {
    let file = "policies/invalid/tos-byte.toml";
    assert_snapshot!(qos_loader(&["run", "--json", "-i", "lo", "-f", file]));
}

/// Each value with the reason, before privileges are asked for.
#[test]
fn with_what_nothing_can_enforce() {
    assert_snapshot!(qos_loader_reads(
        &["run", "-i", "lo", "-f", "-"],
        r#"
[settings]
app-marking = "ignore"
inbound-throughput-level = 0
shaper = "htb"
[[policy]]
name = "enforced"
dscp = 1
protocol = "tcp"
keep-marked = false
[[policy]]
name = "sender"
dscp = 2
throttle = "1 MBps"
group = "root"
application = "rsync"
[[policy]]
name = "web"
throttle = "1 MBps"
keep-marked = true
url = ["http://*/", "https://192.0.2.80/"]
[[policy]]
name = "path"
dscp = 3
url = ["https://training/videos", "https://training/"]
"#
    ));
}
