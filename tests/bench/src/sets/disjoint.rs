//! Policies of which no packet matches two: nft's maps of intervals take no others.

use std::{collections::BTreeSet, net::Ipv4Addr};

use ipnet::Ipv4Net;
use qos_loader::policy::{AddressMatch, Conditions, PortRange, ProtocolMatch};
use qos_tests::generate::random::Random;

use super::{TCP, UDP};

/// The most policies that have a prefix in common, each with its own part of all ports.
const SHARING: u16 = 4;

/// The conditions of `size` policies: a prefix in an IPv4 network that only those with the same
/// prefix have, ports there, and a protocol, which is UDP for the first.
pub(super) fn conditions(random: &mut Random, size: usize) -> Vec<Conditions> {
    let mut networks = BTreeSet::new();
    let mut conditions = Vec::new();
    while conditions.len() < size {
        let network = network(random);
        if !networks.insert(network) {
            continue;
        }
        let prefix = prefix(random, network);
        for part in 0..random.port(1..=SHARING) {
            let protocol = if random.percent(25) && !conditions.is_empty() { TCP } else { UDP };
            conditions.push(Conditions {
                destination: vec![AddressMatch::Prefix(prefix.into())],
                destination_port: vec![ports(random, part)],
                protocol: vec![ProtocolMatch::Number(protocol)],
                ..Conditions::default()
            });
        }
    }
    conditions.truncate(size);
    conditions
}

/// The first 16 bits of addresses of hosts; those of 10.0.0.0/8 are left to our interfaces.
fn network(random: &mut Random) -> u16 {
    loop {
        let network = random.port(1 << 8..=(223 << 8) + 255);
        if ![10, 127].contains(&(network >> 8)) {
            return network;
        }
    }
}

fn prefix(random: &mut Random, network: u16) -> Ipv4Net {
    let length = *random.pick(&[16, 20, 24, 28, 32]);
    let address = u32::from(network) << 16 | random.half_bits() >> 16;
    Ipv4Net::new_assert(Ipv4Addr::from_bits(address), length).trunc()
}

/// A port or a range in this part of all ports.
fn ports(random: &mut Random, part: u16) -> PortRange {
    let size = u16::MAX / SHARING;
    let (first, last) = (part * size + 1, part * size + size);
    let low = random.port(first..=last);
    let width = if random.percent(50) { random.port(1..=1_000) } else { 0 };
    PortRange { low, high: low.saturating_add(width).min(last) }
}
