//! A policy set, and the packets that are sent to measure with it.

use std::net::{Ipv4Addr, SocketAddrV4};

use ipnet::IpNet;
use qos_loader::policy::{AddressMatch, Policy, ProtocolMatch};
use qos_tests::generate::random::Random;

use super::{sender::Trace, subject::Peers};
use crate::{sets::Kind, trace::LENGTH};

const UDP: ProtocolMatch = ProtocolMatch::Number(17);

/// How many in a hundred packets to many destinations are made for a policy.
const AIMED: u64 = 80;

/// A policy set and its packets.
pub(super) struct Traffic {
    pub(super) size: usize,
    pub(super) policies: Vec<Policy>,
    /// What a policy in the middle of the set matches: a list finds it after half of its rules.
    pub(super) one: SocketAddrV4,
    to_one: Trace,
    /// Most of them match some policy.
    to_many: Trace,
}

impl Traffic {
    pub(super) fn new(size: usize) -> Self {
        let policies = Kind::Disjoint.policies(size);
        let udp = |policy: &&Policy| policy.conditions.protocol == [UDP];
        let for_udp: Vec<&Policy> = policies.iter().filter(udp).collect();
        let mut random = Random::new(3);
        let one = aimed(&mut random, for_udp[for_udp.len() / 2]);
        let mut next = |_| {
            if random.percent(AIMED) {
                let policy = random.pick(&for_udp);
                aimed(&mut random, policy)
            } else {
                anywhere(&mut random)
            }
        };
        let many: Vec<SocketAddrV4> = (0..LENGTH).map(&mut next).collect();
        Self { size, policies, one, to_one: Trace::connected(), to_many: Trace::of(&many) }
    }

    pub(super) const fn trace(&self, peers: Peers) -> &Trace {
        match peers {
            Peers::One => &self.to_one,
            Peers::Many => &self.to_many,
        }
    }
}

/// A destination that the policy matches.
fn aimed(random: &mut Random, policy: &Policy) -> SocketAddrV4 {
    let (ports, bits) = (policy.conditions.destination_port[0], random.half_bits());
    let address = match policy.conditions.destination[..] {
        [AddressMatch::Prefix(IpNet::V4(net))] => {
            Ipv4Addr::from_bits(net.network().to_bits() | bits & net.hostmask().to_bits())
        }
        _ => unreachable!("these policies have one IPv4 prefix each"),
    };
    SocketAddrV4::new(address, random.port(ports.low..=ports.high))
}

/// A destination that hosts have, and no interface here.
fn anywhere(random: &mut Random) -> SocketAddrV4 {
    let first = u32::from(random.port(11..=126));
    let address = Ipv4Addr::from_bits(first << 24 | random.half_bits() >> 8);
    SocketAddrV4::new(address, random.port(1..=65_535))
}
