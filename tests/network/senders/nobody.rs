//! Packets that the kernel sends of its own accord are no program's, whoever sent just before.

use std::{io, net::TcpStream};

use qos_tests::{
    capture::{Capture, Frame, Ip, dscps},
    netns::{FAR, Lab},
    patience::PATIENCE,
    sender::{endpoint, udp},
};

use super::{
    flow::{Family, V4, V6, datagrams, next_port},
    one_cpu,
    policies::{application, policy},
    program::{Folder, Program},
};
use crate::scene::Scene;

/// Has a program send something that is marked, and then the kernel, which `provoke` returns the mark
/// of: it must be the kernel's own.
fn after_a_program(provoke: impl Fn(&Lab, &Capture, Family) -> u8) {
    one_cpu::stay();
    let folder = Folder::new();
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    // Without a loader: for this one nothing may be known yet.
    let own = [V4, V6].map(|family| (family, provoke(&lab, &capture, family)));
    drop(capture);
    let policies = [application("snd", 46), policy("group", 1, 10)].concat();
    let scene = Scene::in_lab(lab, &policies);
    let path = folder.copy("snd");
    for (groups, mark) in [("0", 46), ("1", 10)] {
        let program = Program::start(&path);
        program.step(format_args!("groups {groups}"));
        for (family, own) in own {
            assert_ne!(own, mark);
            assert_eq!(datagrams(&scene, &program, family), [mark; 4]);
            let kernel = provoke(&scene.lab, &scene.capture, family);
            assert_eq!(kernel, own, "{family:?} after groups {groups}");
        }
    }
}

#[test]
fn a_reset() {
    after_a_program(|lab, capture, family| {
        let closed = endpoint(family.near, next_port());
        let result = lab.in_far(|| TcpStream::connect_timeout(&closed, PATIENCE));
        assert!(result.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused));
        let is_reset = |frame: &Frame| {
            frame.ip().is_some_and(|ip| ip.flags.2 && ip.source_port() == Some(closed.port()))
        };
        dscps(&capture.take(1, is_reset))[0]
    });
}

/// That a port is closed, as ICMP tells of it.
#[test]
fn an_icmp_message() {
    after_a_program(|lab, capture, family| {
        let closed = endpoint(family.near, next_port());
        lab.in_far(|| udp(family.far, 0).send_to(b"x", closed).unwrap());
        let is_ours = |frame: &Frame| frame.ip().is_some_and(|ip| is_unreachable(&ip));
        dscps(&capture.take(1, is_ours))[0]
    });
}

/// "Destination unreachable", of either family; neighbour discovery is marked by the kernel itself.
fn is_unreachable(ip: &Ip) -> bool {
    matches!((ip.protocol, ip.payload.first()), (1, Some(3)) | (58, Some(1)))
}
