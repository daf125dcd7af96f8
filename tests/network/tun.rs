//! A device without link headers: packets start with the IP header.

use qos_tests::{
    capture::Frame,
    loader::Loader,
    netns::{Lab, NEAR, SINK_V4, ip},
    sender::{endpoint, set_traffic_class, tun::Tun, udp},
};

use crate::scene::Scene;

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n";
const HERE: [&str; 2] = ["10.79.0.1", "fd79::1"];
const THERE: [&str; 2] = ["10.79.0.2", "fd79::2"];

fn tun() -> Tun {
    let tun = Tun::new("tun0");
    ip(
        "address add 10.79.0.1/24 dev tun0\naddress add fd79::1/64 dev tun0 nodad\nlink set tun0 up",
    );
    tun
}

/// The next packet that was sent from `source`: the kernel sends some of its own.
fn next_from(tun: &Tun, source: &str) -> Frame {
    loop {
        let frame = Frame::of_packet(&tun.next());
        if frame.ip().is_some_and(|ip| ip.source == qos_tests::netns::address(source)) {
            frame.assert_checksums();
            return frame;
        }
    }
}

#[test]
fn packets_and_fragments_are_marked() {
    let _lab = Lab::new();
    let tun = tun();
    let _loader = Loader::run("tun0", POLICIES);
    for (source, destination) in HERE.into_iter().zip(THERE) {
        let socket = udp(source, 0);
        set_traffic_class(&socket, source, 0x2a);
        for (port, dscp) in [(5000, 46), (5001, 10)] {
            socket.send_to(b"small", endpoint(destination, port)).unwrap();
            let small = next_from(&tun, source).ip().unwrap();
            assert_eq!(small.payload, b"small".as_slice());
            assert_eq!((small.dscp(), small.ecn()), (dscp, 2), "{source} to {port}");
            socket.send_to(&[0; 4000], endpoint(destination, port)).unwrap();
            for _ in 0..3 {
                let fragment = next_from(&tun, source).ip().unwrap();
                assert!(fragment.is_fragment);
                assert_eq!((fragment.dscp(), fragment.ecn()), (dscp, 2), "{source} to {port}");
            }
        }
    }
}

/// Each kind has a program of its own, and both read the same policies.
#[test]
fn beside_a_device_with_link_headers() {
    let lab = Lab::new();
    let tun = tun();
    let capture = lab.in_far(|| qos_tests::capture::Capture::on(qos_tests::netns::FAR));
    let loader = Loader::run_with(&["-i", "tun0", "-i", NEAR], POLICIES);
    let scene = Scene { loader, capture, lab };
    for mark in [46, 10] {
        if mark != 46 {
            scene.loader.replace(&POLICIES.replace("46", "10"));
        }
        udp(HERE[0], 0).send_to(b"x", endpoint(THERE[0], 5000)).unwrap();
        udp("10.77.0.1", 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
        assert_eq!(next_from(&tun, HERE[0]).ip().unwrap().dscp(), mark);
        assert_eq!(scene.mark_of(5000), mark);
    }
}
