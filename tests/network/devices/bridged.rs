//! Frames that a bridge passes on: they leave through its port and not through the bridge itself,
//! and the outer tag is beside them. If they were sent on this machine, they have their sender
//! still, as those of a container do that is on the bridge.

use std::{fs, path::Path};

use qos_common::dscp::Dscp;
use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, FAR_MAC, Lab, NEAR, ip},
    packet::{
        Link, Packet,
        link::{QINQ, VLAN},
    },
    sender::PacketSocket,
};

use super::{BY_PORT, CHOSEN, MARKS, TOP, UDP, end, stacked::BRIDGE};
use crate::protocols::{PAYLOAD, packets};

/// Where the kernel can have iptables look at bridged packets, it does; and takes their sender.
const SETTINGS: [&str; 2] = ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables"];

/// Sends frames through a bridge, and compares with what arrives if `device` has a loader; `marks`
/// are the ports, and the DSCP if it is another then.
fn check(device: &str, policies: &str, marks: [(u16, Option<u8>); 2]) {
    if BRIDGE.is_missing() {
        return;
    }
    let lab = Lab::new();
    ip(&format!(
        "link add {TOP} type bridge
        link set {NEAR} master {TOP}
        link add in0 type veth peer name out0
        link set in0 master {TOP}
        link set out0 up
        link set in0 up
        link set {TOP} up"
    ));
    for setting in SETTINGS.map(|name| Path::new("/proc/sys/net/bridge").join(name)) {
        if setting.exists() {
            fs::write(setting, "0").unwrap();
        }
    }
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(device, policies);
    let socket = PacketSocket::on("out0");
    for tags in [vec![], vec![VLAN], vec![QINQ], vec![QINQ, VLAN], vec![VLAN, VLAN]] {
        for packet in packets(UDP) {
            for (port, dscp) in marks {
                let packet = Packet {
                    link: Link::Ethernet(tags.clone()),
                    traffic_class: CHOSEN << 2 | 1,
                    ports: (packet.ports.0, port),
                    ..packet.clone()
                };
                socket.send(&from_another(&packet.frame()));
                let arrived = capture.take_unverified(1, |frame| frame.bytes.ends_with(&PAYLOAD));
                let expected = from_another(&packet.frame_with(dscp.and_then(Dscp::new)));
                assert_eq!(arrived[0].bytes, expected, "{packet:?}");
            }
        }
    }
    end(loader);
}

/// The frame from a host that is neither side.
fn from_another(frame: &[u8]) -> Vec<u8> {
    [&FAR_MAC, &[2, 0, 0, 0, 0, 9], &frame[12..]].concat()
}

#[test]
fn are_marked_at_the_port() {
    check(NEAR, BY_PORT, MARKS.map(|(port, dscp)| (port, Some(dscp))));
}

#[test]
fn are_not_marked_at_the_bridge() {
    check(TOP, BY_PORT, MARKS.map(|(port, _)| (port, None)));
}

#[test]
fn have_their_sender() {
    let roots = "[[policy]]\nname = \"root\"\nuser = \"root\"\ndscp = 30\n";
    check(NEAR, roots, MARKS.map(|(port, _)| (port, Some(30))));
}
