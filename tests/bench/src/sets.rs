//! The policy sets that are measured, the same in each run.

mod disjoint;

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use qos_common::dscp::Dscp;
use qos_loader::policy::{
    Actions, AddressMatch, Conditions, Origin, Policy, PortRange, ProtocolMatch,
};
use qos_tests::generate::random::Random;

/// How many policies the sets have.
pub(crate) const SIZES: [usize; 4] = [1, 64, 1_000, 10_000];

/// How the policies of a set lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As an administrator's: of many shapes, few of which match the same packet.
    Friendly,
    /// Wide ranges, and prefixes within prefixes: many policies match the same packet.
    Hostile,
    /// No two match the same packet, so that nft's maps can hold them.
    Disjoint,
}

impl Kind {
    /// What is measured packet by packet.
    pub(crate) const ALL: [Self; 2] = [Self::Friendly, Self::Hostile];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Friendly => "friendly",
            Self::Hostile => "hostile",
            Self::Disjoint => "disjoint",
        }
    }

    /// A set of `size` policies of this kind.
    pub(crate) fn policies(self, size: usize) -> Vec<Policy> {
        let mut random = Random::new(4);
        let conditions = match self {
            Self::Friendly => Self::mixed(size, || friendly(&mut random)),
            Self::Hostile => Self::mixed(size, || hostile(&mut random)),
            Self::Disjoint => disjoint::conditions(&mut random, size),
        };
        conditions.into_iter().enumerate().map(|(place, one)| policy(place, one)).collect()
    }

    /// Random conditions behind some that match packets of both families.
    fn mixed(size: usize, mut next: impl FnMut() -> Conditions) -> Vec<Conditions> {
        let first = Conditions {
            protocol: vec![ProtocolMatch::Number(UDP)],
            destination_port: vec![PortRange { low: 443, high: 443 }],
            ..Conditions::default()
        };
        let mut conditions = vec![first];
        while conditions.len() < size {
            let next = next();
            if next != Conditions::default() {
                conditions.push(next);
            }
        }
        conditions
    }
}

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A policy that marks with some code point but 0.
pub(crate) fn policy(place: usize, conditions: Conditions) -> Policy {
    let dscp = u8::try_from(1 + place % 63).ok().and_then(Dscp::new);
    let layer_name = "bench".to_owned();
    let origin = Origin { layer: 0, layer_name, file: "bench".into(), line: place + 1, place };
    let actions = Actions { dscp, ..Actions::default() };
    Policy { name: format!("policy-{place}"), conditions, actions, origin }
}

fn friendly(random: &mut Random) -> Conditions {
    let v6 = random.percent(25);
    let mut conditions = Conditions::default();
    if random.percent(80) {
        conditions.destination.push(prefix(random, v6));
    }
    if random.percent(25) {
        conditions.source.push(prefix(random, v6));
    }
    if random.percent(60) {
        let low = random.port(1..=65_535);
        let width = if random.percent(30) { random.port(1..=1_000) } else { 0 };
        conditions.destination_port.push(PortRange { low, high: low.saturating_add(width) });
    }
    if random.percent(15) {
        let port = random.port(1_024..=65_535);
        conditions.source_port.push(PortRange { low: port, high: port });
    }
    if random.percent(60) {
        conditions.protocol.push(ProtocolMatch::Number(*random.pick(&[TCP, UDP])));
    }
    conditions
}

fn prefix(random: &mut Random, v6: bool) -> AddressMatch {
    let length = *random.pick(if v6 { &[32, 48, 56, 64, 128] } else { &[8, 16, 20, 24, 32] });
    let bits = random.wide_bits();
    cut(if v6 { 0x2 << 124 | bits >> 4 } else { bits }, length, v6)
}

fn hostile(random: &mut Random) -> Conditions {
    let v6 = random.percent(50);
    let mut conditions = Conditions::default();
    for list in [&mut conditions.destination, &mut conditions.source] {
        if random.percent(60) {
            // Few addresses, each with prefixes of all lengths around it.
            let base = Random::new(random.bits() % 8).wide_bits();
            let longest = if v6 { 128 } else { 32 };
            let length = u8::try_from(random.within(1..=longest)).unwrap_or(0);
            list.push(cut(base, length, v6));
        }
    }
    for list in [&mut conditions.destination_port, &mut conditions.source_port] {
        if random.percent(60) {
            let (one, other) = (random.port(1..=65_535), random.port(1..=65_535));
            list.push(PortRange { low: one.min(other), high: one.max(other) });
        }
    }
    if random.percent(50) {
        conditions.protocol.push(ProtocolMatch::Number(*random.pick(&[TCP, UDP])));
    }
    conditions
}

/// The prefix of this length of an address, whose first bit is the most significant one.
fn cut(bits: u128, length: u8, v6: bool) -> AddressMatch {
    let net = if v6 {
        Ipv6Net::new(Ipv6Addr::from_bits(bits), length).map(|net| IpNet::V6(net.trunc()))
    } else {
        let upper = u32::try_from(bits >> 96).unwrap_or(0);
        Ipv4Net::new(Ipv4Addr::from_bits(upper), length).map(|net| IpNet::V4(net.trunc()))
    };
    net.map_or(AddressMatch::Any, AddressMatch::Prefix)
}
