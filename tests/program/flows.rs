//! The table of flows. Each test run has a socket of its own, which knows nothing: what is known from
//! one run to the next is known by the table.

use std::net::{Ipv4Addr, Ipv6Addr};

use qos_common::{dscp::Dscp, policy_set::layout, wire};
use qos_tests::{
    generate::{
        machine::{SentOn, SyntheticMachine},
        packets,
        random::Random,
    },
    packet::{Link, Network, Packet, Part, V4, V6},
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
        let [first, mut second] = ["name=a,dscp=EF", "name=a,dscp=CS1"].map(|one| set(&[one]));
        let [marked, otherwise] = [46, 8].map(|dscp| packet.frame_with(Dscp::new(dscp)));
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
    let [first, mut second] =
        ["name=a,dscp=EF,user=0", "name=a,dscp=CS1,user=0"].map(|one| set(&[one]));
    let packet = whole_packets(2).next().unwrap();
    kernel.replace(&first);
    for _packet in 0..ENOUGH {
        kernel.leaves(kind(&packet.link), &packet.frame());
    }
    second.image.words[layout::GENERATION as usize] =
        first.image.words[layout::GENERATION as usize];
    kernel.replace(&second);
    let otherwise = packet.frame_with(Dscp::new(8));
    assert_eq!(kernel.leaves(kind(&packet.link), &packet.frame()), otherwise);
}

/// Flows that differ in one field alone, and many more of them than there are places: a field that
/// was not compared would show.
#[test]
fn no_flow_gets_the_answer_of_another() {
    const FLOWS: usize = 20_000;
    let mut kernel = Kernel::new();
    let set = set(&[
        "name=destination,dscp=1,destination=128.0.0.0/1|8000::/1|0:7:0:0:8000::/65",
        "name=source,dscp=2,source=128.0.0.0/1|8000::/1|0:7:0:0:8000::/65",
        "name=to,dscp=3,destination-port=32768:65535",
        "name=from,dscp=4,source-port=32768:65535",
    ]);
    kernel.replace(&set);
    let mut random = Random::new(3);
    let v4 = FIELDS[..4].iter().map(|field| (false, *field));
    for (ipv6, field) in v4.chain(FIELDS.map(|field| (true, field))) {
        let mut marked = 0;
        for _flow in 0..FLOWS {
            let packet = unlike_others(&mut random, ipv6, field);
            let frame = packet.frame();
            let (expected, policy) =
                user_space::leaves(&set, wire::link::ETHERNET, &frame, &NOBODY).unwrap();
            marked += usize::from(policy.is_some());
            for _again in 0..2 {
                assert_eq!(kernel.leaves(kind(&packet.link), &frame), expected, "{packet:?}");
            }
        }
        let half = FLOWS / 3..FLOWS / 3 * 2;
        assert!(half.contains(&marked), "{marked} of {FLOWS} flows, IPv6: {ipv6}, {field:?}");
    }
}

/// What tells one flow from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Source,
    /// The lower half of an IPv6 address.
    LowerSource,
    Destination,
    /// See [`Field::LowerSource`].
    LowerDestination,
    From,
    To,
}

const FIELDS: [Field; 6] = [
    Field::Source,
    Field::Destination,
    Field::From,
    Field::To,
    Field::LowerSource,
    Field::LowerDestination,
];

/// A UDP packet of which one field is random; the others have a 0 as their first bit.
fn unlike_others(random: &mut Random, ipv6: bool, field: Field) -> Packet {
    let bits = random.wide_bits();
    let fixed = 7 << 96 | 7;
    let address = |own: Field, lower: Field| {
        if field == own {
            bits
        } else if field == lower {
            fixed >> 64 << 64 | bits >> 64
        } else {
            fixed
        }
    };
    let source = address(Field::Source, Field::LowerSource);
    let destination = address(Field::Destination, Field::LowerDestination);
    let port = |own: Field| if own == field { u16::try_from(bits >> 112).unwrap() } else { 7 };
    let network = if ipv6 {
        let [source, destination] = [source, destination].map(Ipv6Addr::from_bits);
        Network::V6(V6 { source, destination, flow_label: 0, extensions: Vec::new() })
    } else {
        let v4 = |bits: u128| Ipv4Addr::from_bits(u32::try_from(bits >> 96).unwrap());
        let [source, destination] = [source, destination].map(v4);
        let (options, part, identification) = (Vec::new(), Part::Whole, 0);
        Network::V4(V4 { source, destination, options, part, identification })
    };
    Packet {
        link: Link::Ethernet(Vec::new()),
        network,
        traffic_class: 0,
        protocol: 17,
        ports: (port(Field::From), port(Field::To)),
        payload: vec![0; 20],
        trailer: Vec::new(),
    }
}

/// Such a set, with the table of flows, which pays for larger ones only.
fn set(policies: &[&str]) -> Set {
    let mut set = Set::new(arguments(policies), &SyntheticMachine::new(ROOT_CGROUP));
    set.image.words[layout::KEEPS_FLOWS as usize] = 1;
    set
}

/// Packets that are no fragments and leave through a device with an Ethernet header.
fn whole_packets(seed: u64) -> impl Iterator<Item = Packet> {
    let mut random = Random::new(seed);
    let packet =
        move || Packet { link: Link::Ethernet(Vec::new()), ..packets::packet(&mut random, &[]) };
    std::iter::repeat_with(packet).filter(|packet| {
        let has_no_fragment = match &packet.network {
            Network::V4(_) => packet.part() == Part::Whole,
            Network::V6(v6) => v6.extensions.is_empty(),
        };
        has_no_fragment && packet.frame()[14..].len() > 60 && is_runnable(&packet.frame())
    })
}
