//! The table of flows. Each test run has a socket of its own, which knows nothing: what is known from
//! one run to the next is known by the table.

use qos_common::{policy_set::layout, wire};
use qos_tests::{
    generate::{
        machine::{SentOn, SyntheticMachine},
        packets,
        policies::{Shape, policies},
        random::Random,
    },
    packet::{Link, Network, Packet, Part},
};

use crate::{
    kernel::{Kernel, ROOT_CGROUP, is_runnable, kind},
    set::{Set, arguments},
    user_space,
};

/// Who sends, where no policy asks.
const NOBODY: Option<SentOn<'static>> = None;

/// One in eight packets that are not known is kept.
const ENOUGH: usize = 200;

#[test]
fn an_answer_is_kept_until_another_set_is_in_force() {
    let mut kernel = Kernel::new();
    for packet in whole_packets(1).take(20) {
        let leaves = |kernel: &mut Kernel| kernel.leaves(kind(&packet.link), &packet.frame());
        let [first, mut second] = ["name=a,dscp=EF", "name=a,dscp=CS1"].map(set);
        let [marked, otherwise] =
            [46, 8].map(|dscp| packet.frame_with(qos_common::dscp::Dscp::new(dscp)));
        kernel.replace(&first);
        for _packet in 0..ENOUGH {
            assert_eq!(leaves(&mut kernel), marked);
        }
        let generation = std::mem::replace(
            &mut second.image.words[layout::GENERATION as usize],
            first.image.words[layout::GENERATION as usize],
        );
        kernel.replace(&second);
        assert_eq!(leaves(&mut kernel), marked, "it was matched anew: {packet:?}");
        second.image.words[layout::GENERATION as usize] = generation;
        kernel.replace(&second);
        assert_eq!(leaves(&mut kernel), otherwise);
    }
}

#[test]
fn a_set_that_looks_at_the_sender_is_asked_each_time() {
    let mut kernel = Kernel::new();
    let [first, mut second] = ["name=a,dscp=EF,user=0", "name=a,dscp=CS1,user=0"].map(set);
    let packet = whole_packets(2).next().unwrap();
    kernel.replace(&first);
    for _packet in 0..ENOUGH {
        kernel.leaves(kind(&packet.link), &packet.frame());
    }
    second.image.words[layout::GENERATION as usize] =
        first.image.words[layout::GENERATION as usize];
    kernel.replace(&second);
    let otherwise = packet.frame_with(qos_common::dscp::Dscp::new(8));
    assert_eq!(kernel.leaves(kind(&packet.link), &packet.frame()), otherwise);
}

/// Three times as many flows as there is room for.
#[test]
fn no_flow_gets_the_answer_of_another() {
    const FLOWS: usize = 100_000;
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let shape = Shape { policies: 1_000, least: 2, longest: 1, enforced_only: true };
    let mut many = policies(&mut Random::new(3), &machine, shape);
    for policy in &mut many {
        policy.conditions.user.clear();
        policy.conditions.cgroup.clear();
    }
    let set = Set::new(many, &machine);
    let mut kernel = Kernel::new();
    kernel.replace(&set);
    let mut marked = 0;
    let packets: Vec<Packet> = whole_packets(3).take(FLOWS / 4).collect();
    // Near ones too, which differ in one port.
    for (round, packet) in (0..4_u16).flat_map(|round| packets.iter().map(move |one| (round, one)))
    {
        let (source, destination) = packet.ports;
        let ports = (source ^ round / 2, destination ^ round % 2);
        let packet = Packet { ports, ..packet.clone() };
        let frame = packet.frame();
        let link = user_space::link_length(&packet.link);
        let expected = match user_space::leaves(&set, link, &frame, &NOBODY) {
            Ok((expected, policy)) => {
                marked += usize::from(policy.is_some());
                expected
            }
            Err(wire::Unreadable::NotIp | wire::Unreadable::Malformed) => frame.clone(),
        };
        for _again in 0..2 {
            assert_eq!(kernel.leaves(kind(&packet.link), &frame), expected, "{packet:?}");
        }
    }
    println!("{marked} of {FLOWS} flows have a policy");
    assert!(marked > FLOWS / 4);
}

fn set(argument: &str) -> Set {
    Set::new(arguments(&[argument]), &SyntheticMachine::new(ROOT_CGROUP))
}

/// Packets that are no fragments and leave through a device with an Ethernet header.
fn whole_packets(seed: u64) -> impl Iterator<Item = Packet> {
    let mut random = Random::new(seed);
    let packet = move || {
        let mut packet = packets::packet(&mut random, &[]);
        packet.link = Link::Ethernet(Vec::new());
        match &mut packet.network {
            Network::V4(v4) => v4.source = random.half_bits().into(),
            Network::V6(v6) => v6.source = random.wide_bits().into(),
        }
        packet
    };
    std::iter::repeat_with(packet).filter(|packet| {
        let has_no_fragment = match &packet.network {
            Network::V4(_) => packet.part() == Part::Whole,
            Network::V6(v6) => v6.extensions.is_empty(),
        };
        has_no_fragment && packet.frame()[14..].len() > 60 && is_runnable(&packet.frame())
    })
}
