//! Packets that a filter redirects to an ifb device: what is attached there sees them as they leave
//! it, on their way in or out.

use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, FAR_V4, FAR_V6, Lab, NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6, ip},
    sender::{PacketSocket, endpoint, set_traffic_class, udp},
    tc::tc,
};

use super::{BY_PORT, CHOSEN, MARKS, Part, TOP, end};
use crate::frames::forwarded_udp;

const PARTS: [Part; 3] = [
    Part { name: "ifb devices", option: "CONFIG_IFB" },
    Part { name: "redirection", option: "CONFIG_NET_ACT_MIRRED" },
    Part { name: "u32 filters", option: "CONFIG_NET_CLS_U32" },
];

/// A lab in which all that goes one way through the near interface passes an ifb device.
fn redirected(hook: &str) -> Lab {
    let lab = Lab::new();
    ip(&format!("link add {TOP} type ifb\nlink set {TOP} up"));
    tc(&format!("qdisc add dev {NEAR} clsact"));
    tc(&format!(
        "filter add dev {NEAR} {hook} protocol all u32 match u32 0 0 \
         action mirred egress redirect dev {TOP}"
    ));
    lab
}

/// The near side sends them back: so their marks are seen.
#[test]
fn on_the_way_in() {
    if PARTS.into_iter().any(Part::is_missing) {
        return;
    }
    let lab = redirected("ingress");
    lab.forward();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(TOP, BY_PORT);
    let socket = lab.in_far(|| PacketSocket::on(FAR));
    for (source, destination) in [(FAR_V4, SINK_V4), (FAR_V6, SINK_V6)] {
        for (port, dscp) in [(5000, 46), (5001, 0)] {
            socket.send(&forwarded_udp(source, destination, port));
            let frame = capture.to_port(port, 1).remove(0);
            assert_eq!(frame.ip().unwrap().dscp(), dscp, "{frame:?}");
        }
    }
    end(loader);
}

/// The filter redirects a copy, which has no sender.
const ROOTS: &str = "[[policy]]\nname = \"root\"\nuser = \"root\"\ndscp = 30\n";

#[test]
fn on_the_way_out() {
    if PARTS.into_iter().any(Part::is_missing) {
        return;
    }
    let lab = redirected("egress");
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(TOP, &[BY_PORT, ROOTS].concat());
    for (source, destination) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
        for ecn in 0..4 {
            for (port, dscp) in MARKS {
                let socket = udp(source, 0);
                set_traffic_class(&socket, source, CHOSEN << 2 | ecn);
                socket.send_to(b"x", endpoint(destination, port)).unwrap();
                let frame = capture.to_port(port, 1).remove(0);
                let ip = frame.ip().unwrap();
                assert_eq!((ip.dscp(), ip.ecn()), (dscp, ecn), "{frame:?}");
            }
        }
    }
    end(loader);
}
