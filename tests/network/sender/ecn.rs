//! The ECN bits are the transport's: they leave as they came, and only the DSCP is replaced.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use qos_tests::{
    capture::Frame,
    netns::{FAR_V4, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{endpoint, set_traffic_class, tcp, udp},
};

use crate::scene::Scene;

#[test]
fn every_traffic_class_that_a_socket_sets() {
    let policies = "[[policy]]\nname = \"p\"\ndestination-port = \"5000:5255\"\ndscp = 46\n";
    let scene = Scene::with(policies);
    for (source, destination) in [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)] {
        let socket = udp(source, 0);
        for class in 0..=255 {
            set_traffic_class(&socket, source, class);
            let marked = 5000 + u16::from(class);
            let left_alone = 6000 + u16::from(class);
            socket.send_to(b"x", endpoint(destination, marked)).unwrap();
            socket.send_to(b"x", endpoint(destination, left_alone)).unwrap();
            let class_of = |port| scene.packet_to(port).ip().unwrap().traffic_class;
            assert_eq!(class_of(marked), 46 << 2 | class & 3, "class {class} of {source}");
            assert_eq!(class_of(left_alone), class, "class {class} of {source}");
        }
    }
}

/// With ECN negotiated, data carries ECT(0) and control packets do not.
#[test]
fn a_connection_with_ecn() {
    let scene = Scene::with("[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 26\n");
    std::fs::write("/proc/sys/net/ipv4/tcp_ecn", "1").unwrap();
    scene.lab.in_far(|| std::fs::write("/proc/sys/net/ipv4/tcp_ecn", "1").unwrap());
    let there = endpoint(FAR_V4, 5000);
    let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    let mut client = tcp::connect(there);
    let mut server = tcp::accept(&listener);
    client.write_all(b"data").unwrap();
    server.read_exact(&mut [0; 4]).unwrap();
    let is_data = |frame: &Frame| frame.ip().is_some_and(|ip| ip.payload == b"data".as_slice());
    let is_syn = |frame: &Frame| frame.ip().is_some_and(|ip| ip.flags.0);
    let class = |wanted: &dyn Fn(&Frame) -> bool| {
        let ip = scene.capture.take(1, wanted)[0].ip().unwrap();
        (ip.dscp(), ip.ecn())
    };
    assert_eq!(class(&is_syn), (26, 0));
    assert_eq!(class(&is_data), (26, 2));
}
