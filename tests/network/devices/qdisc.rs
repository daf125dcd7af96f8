//! Queues behind the program: it marks and counts each packet once, before the qdisc sees it.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::{Capture, dscps},
    loader::Loader,
    netns::{FAR, FAR_V4, FAR_V6, Lab, NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{endpoint, set_traffic_class, udp},
    tc::tc,
};

use super::{BY_PORT, CHOSEN, MARKS, Part, TRANSFER};
use crate::gso::transfer_inside;

const HTB: Part = Part { name: "HTB qdiscs", option: "CONFIG_NET_SCH_HTB" };
const TBF: Part = Part { name: "TBF qdiscs", option: "CONFIG_NET_SCH_TBF" };
const FQ: Part = Part { name: "fq qdiscs", option: "CONFIG_NET_SCH_FQ" };
const NETEM: Part = Part { name: "netem qdiscs", option: "CONFIG_NET_SCH_NETEM" };
const U32: Part = Part { name: "u32 filters", option: "CONFIG_NET_CLS_U32" };

/// Sends a datagram to a port of the sink in each family, with these ECN bits.
fn send(ecn: u8, port: u16) {
    for (source, sink) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
        let socket = udp(source, 0);
        set_traffic_class(&socket, source, CHOSEN << 2 | ecn);
        socket.send_to(b"payload", endpoint(sink, port)).unwrap();
    }
}

/// The traffic classes of the next packets to a port, IPv4's and IPv6's.
fn classes(capture: &Capture, port: u16) -> Vec<(u8, u8)> {
    let ip = capture.to_port(port, 2).into_iter().map(|frame| frame.ip().unwrap());
    ip.map(|ip| (ip.dscp(), ip.ecn())).collect()
}

fn check(part: Part, root: &str) {
    if part.is_missing() {
        return;
    }
    let lab = Lab::new();
    tc(&format!("qdisc replace dev {NEAR} root {root}"));
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(NEAR, BY_PORT);
    for ecn in 0..4 {
        for (port, dscp) in MARKS {
            send(ecn, port);
            assert_eq!(classes(&capture, port), [(dscp, ecn); 2]);
        }
    }
    for address in [FAR_V4, FAR_V6] {
        let frames =
            transfer_inside(&lab, &capture, address, TRANSFER, |frame| Some(frame.clone()));
        assert_eq!(dscps(&frames), vec![46; frames.len()], "{address}");
    }
    super::end(loader);
}

#[test]
fn fq() {
    check(FQ, "fq");
}

#[test]
fn netem() {
    check(NETEM, "netem delay 2ms");
}

#[test]
fn tbf() {
    check(TBF, "tbf rate 500mbit burst 100k latency 100ms");
}

/// What the qdisc sends twice was counted once.
#[test]
fn netem_that_duplicates() {
    if NETEM.is_missing() {
        return;
    }
    let lab = Lab::new();
    lab.without_ipv6();
    tc(&format!("qdisc replace dev {NEAR} root netem duplicate 100%"));
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(NEAR, BY_PORT);
    for (port, dscp) in MARKS {
        let socket = udp(NEAR_V4, 0);
        set_traffic_class(&socket, NEAR_V4, CHOSEN << 2);
        socket.send_to(b"x", endpoint(SINK_V4, port)).unwrap();
        assert_eq!(dscps(&capture.to_port(port, 2)), [dscp; 2]);
    }
    let ended = loader.end(Signal::SIGTERM);
    let counts = "unmatched=1 not_ip=0 malformed=0";
    assert!(ended.log.iter().any(|line| line.ends_with(counts)), "no {counts} in {ended:#?}");
}

/// A qdisc that tells of congestion changes the other bits of the same byte.
#[test]
fn netem_that_tells_of_congestion() {
    if NETEM.is_missing() {
        return;
    }
    let lab = Lab::new();
    tc(&format!("qdisc replace dev {NEAR} root netem loss 100% ecn"));
    let capture = lab.in_far(|| Capture::on(FAR));
    let _loader = Loader::run(NEAR, BY_PORT);
    for ecn in 1..4 {
        for (port, dscp) in MARKS {
            send(ecn, port);
            assert_eq!(classes(&capture, port), [(dscp, 3); 2]);
        }
    }
}

/// The filters of a qdisc see the new DSCP, and choose by it.
#[test]
fn filters_see_the_mark() {
    if HTB.is_missing() || U32.is_missing() {
        return;
    }
    let lab = Lab::new();
    for command in [
        "qdisc add dev near0 root handle 1: htb default 20",
        "class add dev near0 parent 1: classid 1:10 htb rate 1gbit",
        "class add dev near0 parent 1: classid 1:20 htb rate 1gbit",
        "filter add dev near0 parent 1: protocol ip u32 match ip dsfield 0xb8 0xfc flowid 1:10",
    ] {
        tc(command);
    }
    let capture = lab.in_far(|| Capture::on(FAR));
    let _loader = Loader::run(NEAR, BY_PORT);
    for _ in 0..5 {
        udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
    }
    assert_eq!(dscps(&capture.to_port(5000, 5)), [46; 5]);
    let classes = tc("-statistics class show dev near0");
    let marked = classes.split("class htb").find(|class| class.starts_with(" 1:10 ")).unwrap();
    assert!(marked.contains(" 5 pkt "), "{classes}");
}
