//! Every condition on packets, in both families: what satisfies it is marked, its neighbours are
//! not.

use qos_tests::{
    netns::{NEAR_V4, NEAR_V6, OTHER_NEAR_V4, OTHER_NEAR_V6, SINK_V4, SINK_V6},
    sender::{endpoint, udp},
};

use crate::scene::Scene;

/// A UDP packet and the mark that it must have: source address and port, destination address and
/// port, DSCP.
type Case = (&'static str, u16, &'static str, u16, u8);

#[track_caller]
fn assert_marks(policies: &str, cases: &[Case]) {
    let scene = Scene::with(policies);
    for &(source, source_port, destination, port, mark) in cases {
        let socket = udp(source, source_port);
        // Unconnected and connected, and again: the second is answered by the socket's cache.
        socket.send_to(b"1", endpoint(destination, port)).unwrap();
        socket.connect(endpoint(destination, port)).unwrap();
        socket.send(b"2").unwrap();
        socket.send(b"3").unwrap();
        let marks = qos_tests::capture::dscps(&scene.capture.to_port(port, 3));
        assert_eq!(marks, [mark; 3], "{source} {source_port} > {destination} {port}: {policies}");
    }
}

#[test]
fn by_source() {
    let policies = r#"
        [[policy]]
        name = "address"
        source = ["10.77.0.11", "fd77::11"]
        dscp = 10
    "#;
    let cases = [
        (NEAR_V4, 0, SINK_V4, 5001, 0),
        (OTHER_NEAR_V4, 0, SINK_V4, 5002, 10),
        (NEAR_V6, 0, SINK_V6, 5003, 0),
        (OTHER_NEAR_V6, 0, SINK_V6, 5004, 10),
    ];
    assert_marks(policies, &cases);
}

#[test]
fn by_destination() {
    let policies = r#"
        [[policy]]
        name = "wide"
        destination = ["10.78.0.0/16", "fd78::/32"]
        dscp = 10
        [[policy]]
        name = "narrow"
        destination = ["10.78.4.0/22", "fd78:0:0:4::/62"]
        dscp = 20
    "#;
    let cases = [
        (NEAR_V4, 0, "10.78.3.255", 5001, 10),
        (NEAR_V4, 0, "10.78.4.0", 5002, 20),
        (NEAR_V4, 0, "10.78.7.255", 5003, 20),
        (NEAR_V4, 0, "10.78.8.0", 5004, 10),
        (NEAR_V6, 0, "fd78:0:0:3:ffff::", 5005, 10),
        (NEAR_V6, 0, "fd78:0:0:4::", 5006, 20),
        (NEAR_V6, 0, "fd78:0:0:7::1", 5007, 20),
        (NEAR_V6, 0, "fd78:0:0:8::", 5008, 10),
    ];
    assert_marks(policies, &cases);
}

#[test]
fn by_ports() {
    let policies = r#"
        [[policy]]
        name = "from"
        source-port = "16384:32767"
        dscp = 46
        [[policy]]
        name = "to"
        destination-port = [443, "5000:5002"]
        dscp = 8
    "#;
    let cases = [
        (NEAR_V4, 16383, SINK_V4, 6001, 0),
        (NEAR_V4, 16384, SINK_V4, 6002, 46),
        (NEAR_V6, 32767, SINK_V6, 6003, 46),
        (NEAR_V6, 32768, SINK_V6, 6004, 0),
        (NEAR_V4, 40000, SINK_V4, 443, 8),
        (NEAR_V6, 40000, SINK_V6, 444, 0),
        (NEAR_V4, 40000, SINK_V4, 4999, 0),
        (NEAR_V4, 40000, SINK_V4, 5000, 8),
        (NEAR_V6, 40000, SINK_V6, 5002, 8),
        (NEAR_V6, 40000, SINK_V6, 5003, 0),
    ];
    assert_marks(policies, &cases);
}

#[test]
fn by_protocol() {
    let policies = |protocol: &str| {
        format!("[[policy]]\nname = \"protocol\"\nprotocol = \"{protocol}\"\ndscp = 12\n")
    };
    let cases = |mark| [(NEAR_V4, 0, SINK_V4, 5001, mark), (NEAR_V6, 0, SINK_V6, 5002, mark)];
    for (protocol, mark) in [("udp", 12), ("tcp+udp", 12), ("17", 12), ("tcp", 0), ("icmp", 0)] {
        assert_marks(&policies(protocol), &cases(mark));
    }
}

#[test]
fn of_several_policies_the_first_in_winning_order() {
    let policies = r#"
        [[policy]]
        name = "everything"
        dscp = 1
        [[policy]]
        name = "protocol"
        protocol = "udp"
        dscp = 2
        [[policy]]
        name = "port"
        destination-port = "5000:5009"
        dscp = 3
        [[policy]]
        name = "narrower port"
        destination-port = 5001
        dscp = 4
        [[policy]]
        name = "port and protocol"
        destination-port = [5002, 5003]
        protocol = "udp"
        dscp = 5
        [[policy]]
        name = "port and source"
        destination-port = 5003
        source = ["10.77.0.11", "fd77::11"]
        dscp = 6
    "#;
    let cases = [
        (NEAR_V4, 0, SINK_V4, 4000, 2),
        (NEAR_V4, 0, SINK_V4, 5000, 3),
        (NEAR_V6, 0, SINK_V6, 5001, 4),
        (NEAR_V4, 0, SINK_V4, 5002, 5),
        (NEAR_V4, 0, SINK_V4, 5003, 5),
        (OTHER_NEAR_V4, 0, SINK_V4, 5003, 6),
        (NEAR_V6, 0, SINK_V6, 5003, 5),
        (OTHER_NEAR_V6, 0, SINK_V6, 5003, 6),
    ];
    assert_marks(policies, &cases);
}

#[test]
fn by_default_class_and_every_other() {
    let policy = |dscp: u8| {
        let port = 5000 + u16::from(dscp);
        format!("[[policy]]\nname = \"{dscp}\"\ndscp = {dscp}\ndestination-port = {port}\n")
    };
    let policies: Vec<String> = (0..64).map(policy).collect();
    let cases: Vec<Case> = (0..64)
        .flat_map(|dscp| {
            let port = 5000 + u16::from(dscp);
            [(NEAR_V4, 0, SINK_V4, port, dscp), (NEAR_V6, 0, SINK_V6, port, dscp)]
        })
        .collect();
    assert_marks(&policies.concat(), &cases);
}
