//! `qos-loader explain`

mod process;
mod socket;

use insta::assert_snapshot;

use crate::command::qos_loader;

const POLICIES: &str = "cli/policies";

/// Explains a packet to which the other options belong.
fn explain(protocol: &str, source: &str, destination: &str, options: &[&str]) -> String {
    let packet = ["--protocol", protocol, "--source", source, "--destination", destination];
    qos_loader(&[&["explain", "-f", POLICIES], &packet[..], options].concat())
}

#[test]
fn one_of_several() {
    assert_snapshot!(explain("tcp", "192.0.2.9:50000", "192.0.2.1:443", &[]));
}

#[test]
fn one_of_several_json() {
    assert_snapshot!(explain("tcp", "192.0.2.9:50000", "192.0.2.1:443", &["--json"]));
}

#[test]
fn ipv6() {
    assert_snapshot!(explain("udp", "[2001:db8::1]:20000", "[2001:db8::2]:443", &[]));
}

#[test]
fn without_ports() {
    assert_snapshot!(explain("icmp", "192.0.2.9", "192.0.2.1", &[]));
}

const NONE: [&str; 9] = [
    "explain",
    "-p",
    "dscp=1,destination-port=80",
    "--protocol",
    "udp",
    "--source",
    "192.0.2.1:1",
    "--destination",
    "192.0.2.2:2",
];

#[test]
fn none() {
    assert_snapshot!(qos_loader(&NONE));
}

#[test]
fn none_json() {
    assert_snapshot!(qos_loader(&[&NONE[..], &["--json"]].concat()));
}

#[test]
fn by_user_and_cgroup() {
    let policies = [
        "-p",
        "name=user,dscp=1,user=1000",
        "-p",
        "name=cgroup,dscp=2,cgroup=/a.slice",
        "-p",
        "name=deeper,dscp=3,cgroup=/a.slice/*",
        "-p",
        "name=both,dscp=4,user=1000,cgroup=/a.slice",
    ];
    let sender = ["--user", "1000", "--cgroup", "/a.slice/b.service"];
    assert_snapshot!(explain(
        "tcp",
        "192.0.2.9:1",
        "192.0.2.1:2",
        &[&policies[..], &sender].concat()
    ));
}

#[test]
fn packets_that_can_not_be() {
    let families = explain("tcp", "192.0.2.1", "2001:db8::1", &[]);
    let ports = explain("icmp", "192.0.2.1:1", "192.0.2.2", &[]);
    let protocol = explain("tcp+udp", "192.0.2.1", "192.0.2.2", &[]);
    let address = explain("tcp", "192.0.2.256", "192.0.2.2", &[]);
    let port = explain("tcp", "192.0.2.1:65536", "192.0.2.2", &[]);
    let cgroup = explain("tcp", "192.0.2.1", "192.0.2.2", &["--cgroup", "/a/*"]);
    assert_snapshot!([families, ports, protocol, address, port, cgroup].join("\n"));
}

const SOCKET: [&str; 4] = ["explain", "-p", "dscp=1", "--socket"];

#[test]
fn sockets_that_can_not_be() {
    let wrong = ["tcp 192.0.2.1:1", "icmp 192.0.2.1:1-192.0.2.2:2", "udp 192.0.2.1:1-[::1]:2"];
    let wrong = wrong.map(|socket| qos_loader(&[&SOCKET[..], &[socket]].concat()));
    assert_snapshot!(wrong.join("\n"));
}

/// These addresses are nobody's.
#[test]
fn senders_that_are_not_there() {
    let tcp = qos_loader(&[&SOCKET[..], &["tcp 192.0.2.1:1-192.0.2.2:2"]].concat());
    let udp = qos_loader(&[&SOCKET[..], &["udp [2001:db8::1]:1-[2001:db8::2]:2"]].concat());
    // One more than there are.
    let process = explain("tcp", "192.0.2.1", "192.0.2.2", &["--pid", "4194305"]);
    assert_snapshot!([tcp, udp, process].join("\n"));
}

#[test]
fn options_that_exclude_each_other() {
    let socket = "tcp 192.0.2.1:1-192.0.2.2:2";
    let process = qos_loader(&[&SOCKET[..], &[socket, "--pid", "1"]].concat());
    let packet = qos_loader(&[&SOCKET[..], &[socket, "--protocol", "tcp"]].concat());
    let nobody = explain("tcp", "192.0.2.1", "192.0.2.2", &["--pid", "0"]);
    assert_snapshot!([process, packet, nobody].join("\n"));
}

#[test]
fn options_are_missing() {
    assert_snapshot!(qos_loader(&["explain", "--protocol", "tcp"]));
}
