//! Frames that are cut or hold wrong bytes.

use qos_common::wire::Unreadable;
use qos_tests::{
    generate::{
        machine::{SentOn, SyntheticMachine},
        packets,
        random::Random,
    },
    packet::Packet,
};

use super::{Kernel, ROOT_CGROUP, is_runnable, kind, test_run_sender};
use crate::{
    set::{Set, arguments},
    user_space::{self, link_length},
};

const FRAMES: usize = 30_000;

/// `Set` that marks every packet.
fn everything() -> Set {
    Set::new(arguments(&["name=all,dscp=21"]), &SyntheticMachine::new(ROOT_CGROUP))
}

#[test]
fn a_packet_that_is_cut_leaves_as_it_came() {
    let mut kernel = Kernel::new();
    kernel.replace(&everything());
    let mut random = Random::new(21);
    let mut ran = 0;
    while ran < FRAMES {
        let packet = Packet { trailer: Vec::new(), ..packets::packet(&mut random, &[]) };
        let mut frame = packet.frame();
        frame.truncate(random.within(14..=frame.len() - 1));
        if is_runnable(&frame) {
            assert_eq!(kernel.leaves(kind(&packet.link), &frame), frame, "cut: {packet:?}");
            ran += 1;
        }
    }
    let totals = kernel.dataplane.totals().unwrap();
    assert_eq!(totals.malformed + totals.not_ip, ran as u64);
    assert!(totals.malformed > totals.not_ip && totals.not_ip > 0, "{totals:?}");
}

#[test]
fn the_program_and_user_space_see_the_same_in_wrong_bytes() {
    let mut kernel = Kernel::new();
    let set = everything();
    kernel.replace(&set);
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let sender = test_run_sender();
    let sender = SentOn::new(&machine, &sender);
    let mut random = Random::new(22);
    let (mut ran, mut rewritten, mut malformed) = (0, 0, 0);
    while ran < FRAMES {
        let packet = packets::packet(&mut random, &[]);
        let mut frame = packet.frame();
        for _byte in 0..random.within(1..=3) {
            // Headers stand in front.
            let end = if random.percent(80) { 64 } else { frame.len() };
            let index = random.within(0..=end.min(frame.len()) - 1);
            frame[index] = random.byte();
        }
        if !is_runnable(&frame) {
            continue;
        }
        ran += 1;
        let left = kernel.leaves(kind(&packet.link), &frame);
        let expected = user_space::leaves(&set, link_length(&packet.link), &frame, &sender);
        malformed += usize::from(expected.as_ref().err() == Some(&Unreadable::Malformed));
        rewritten += usize::from(left != frame);
        assert_eq!(left, expected.map_or_else(|_| frame.clone(), |(left, _)| left), "{frame:02x?}");
        let changed = left.iter().zip(&frame).filter(|(one, other)| one != other).count();
        assert!(left.len() == frame.len() && changed <= 3, "{frame:02x?}");
    }
    println!("of {ran} frames {malformed} were malformed and {rewritten} rewritten");
    assert!(malformed > FRAMES / 20 && rewritten > FRAMES / 2);
}
