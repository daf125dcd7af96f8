//! A set is replaced as a whole and at once.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

use aya::programs::{SchedClassifier, TestRun as _, TestRunOptions};
use qos_common::dscp::Dscp;
use qos_loader::kernel::LinkKind;
use qos_tests::{
    generate::{
        machine::SyntheticMachine,
        packets,
        policies::{Shape, policies},
        random::Random,
    },
    packet::{Link, Packet},
    repeated,
};

use crate::{
    kernel::{Kernel, ROOT_CGROUP},
    set::{Set, arguments},
};

const MARKS: [u8; 2] = [46, 8];

#[test]
fn nothing_is_marked_before_the_first_set() {
    let mut kernel = Kernel::new();
    let frame = packet().frame();
    assert_eq!(kernel.leaves(LinkKind::Ethernet, &frame), frame);
    assert_eq!(kernel.dataplane.totals().unwrap().unmatched, 1);
}

#[test]
fn the_next_packet_sees_the_new_set() {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let mut kernel = Kernel::new();
    let packet = packet();
    let nothing = Set::new(Vec::new(), &machine);
    let sets = sets();
    for _round in 0..20 {
        for (set, value) in sets.iter().zip(MARKS) {
            kernel.replace(set);
            let marked = packet.frame_with(Dscp::new(value));
            assert_eq!(kernel.leaves(LinkKind::Ethernet, &packet.frame()), marked);
        }
        kernel.replace(&nothing);
        assert_eq!(kernel.leaves(LinkKind::Ethernet, &packet.frame()), packet.frame());
    }
}

#[test]
fn every_packet_sees_the_old_set_or_the_new_one() {
    let mut kernel = Kernel::new();
    let sets = sets();
    kernel.replace(&sets[0]);
    let info = kernel.dataplane.program(LinkKind::Ethernet).unwrap().info().unwrap();
    let program = SchedClassifier::from_program_info(info, "qos_ethernet".into()).unwrap();
    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let traffic = scope.spawn(|| send_until(&program, &done));
        for round in 1..=repeated(400) {
            kernel.replace(&sets[usize::from(round % 2 == 1)]);
        }
        done.store(true, Relaxed);
        traffic.join().unwrap()
    });
    println!("packets with either mark: {seen:?}");
    assert!(seen.iter().all(|count| *count > 100), "no race was run: {seen:?}");
}

/// Sends packets, each of which must carry one of the marks; counts them.
fn send_until(program: &SchedClassifier, done: &AtomicBool) -> [u64; 2] {
    let packet = packet();
    let frame = packet.frame();
    let marked = MARKS.map(|value| packet.frame_with(Dscp::new(value)));
    let mut seen = [0, 0];
    while !done.load(Relaxed) {
        let mut left = vec![0; frame.len()];
        let options = TestRunOptions {
            data_in: Some(&frame),
            data_out: Some(&mut left),
            ..TestRunOptions::default()
        };
        program.test_run(options).unwrap();
        let which = marked.iter().position(|marked| *marked == left);
        seen[which.unwrap_or_else(|| panic!("neither mark: {left:02x?}"))] += 1;
    }
    seen
}

/// Two sets of which every packet gets its own mark from each. Their images differ in all.
fn sets() -> [Set; 2] {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let shape = Shape { policies: 500, least: 2, longest: 2, enforced_only: true };
    let mut many = policies(&mut Random::new(9), &machine, shape);
    for policy in &mut many {
        policy.actions.dscp = Dscp::new(MARKS[1]);
    }
    many.extend(arguments(&[&format!("name=all,dscp={}", MARKS[1])]));
    let few = arguments(&[&format!("name=all,dscp={},destination-port=443,protocol=17", MARKS[0])]);
    [few, many].map(|policies| Set::new(policies, &machine))
}

fn packet() -> Packet {
    Packet {
        link: Link::Ethernet(Vec::new()),
        protocol: 17,
        ports: (1024, 443),
        traffic_class: 1,
        ..packets::packet(&mut Random::new(1), &[])
    }
}
