//! The values that conditions are made of: few, so that they overlap.

pub mod application;
pub mod host;
pub mod sender;
pub mod url;

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use qos_loader::policy::{AddressMatch, PortRange, ProtocolMatch};

use super::random::Random;

const V4: [Ipv4Addr; 5] = [
    Ipv4Addr::new(10, 1, 2, 3),
    Ipv4Addr::new(10, 1, 200, 77),
    Ipv4Addr::new(192, 0, 2, 255),
    Ipv4Addr::UNSPECIFIED,
    Ipv4Addr::BROADCAST,
];
const V6: [Ipv6Addr; 5] = [
    Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, 6),
    Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0x8003, 4, 5, 6),
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::UNSPECIFIED,
    Ipv6Addr::new(0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff),
];
const PORTS: [u16; 10] = [1, 2, 53, 80, 443, 1023, 1024, 8080, 49_152, 65_535];
/// All that have ports, those with names, and some without.
const PROTOCOLS: [u8; 13] = [6, 17, 33, 132, 136, 1, 58, 0, 2, 47, 50, 89, 255];

/// Which addresses a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4's.
    V4,
    /// IPv6's.
    V6,
    /// Some of either.
    Both,
}

impl Family {
    /// One of the families, if it has several.
    pub fn is_v6(self, random: &mut Random) -> bool {
        match self {
            Self::V4 => false,
            Self::V6 => true,
            Self::Both => random.percent(50),
        }
    }
}

/// An address of the pool, or one that differs from it in a bit, or any.
pub fn v4(random: &mut Random) -> Ipv4Addr {
    let bits = random.pick(&V4).to_bits();
    let bits = match random.within(0..=9) {
        0..=5 => bits,
        6..=8 => bits ^ 1 << random.within(0..=31),
        _ => bits ^ random.half_bits(),
    };
    Ipv4Addr::from_bits(bits)
}

/// An address of the pool, or one that differs from it in a bit, or any.
pub fn v6(random: &mut Random) -> Ipv6Addr {
    let bits = random.pick(&V6).to_bits();
    let bits = match random.within(0..=9) {
        0..=5 => bits,
        6..=8 => bits ^ 1 << random.within(0..=127),
        _ => bits ^ random.wide_bits(),
    };
    Ipv6Addr::from_bits(bits)
}

/// A prefix of any length, or `any`.
pub fn address(random: &mut Random, family: Family) -> AddressMatch {
    if random.percent(6) {
        return AddressMatch::Any;
    }
    // Whole addresses and the lengths that people write are frequent, all others occur.
    let common: &[u8] = if family == Family::V4 { &[8, 16, 24, 32] } else { &[32, 48, 64, 128] };
    let common = random.percent(50).then(|| *random.pick(common));
    let net = if family.is_v6(random) {
        let length = common.unwrap_or_else(|| random.byte() % 129);
        Ipv6Net::new(v6(random), length).map(|net| IpNet::V6(net.trunc()))
    } else {
        let length = common.unwrap_or_else(|| random.byte() % 33).min(32);
        Ipv4Net::new(v4(random), length).map(|net| IpNet::V4(net.trunc()))
    };
    net.map_or(AddressMatch::Any, AddressMatch::Prefix)
}

/// A port of the pool or any; 0 too, which packets can have and policies can't.
pub fn port(random: &mut Random) -> u16 {
    if random.percent(75) { *random.pick(&PORTS) } else { random.port(0..=65_535) }
}

/// A single port, or a range that crosses others.
pub fn ports(random: &mut Random) -> PortRange {
    let (one, other) = (port(random).max(1), port(random).max(1));
    match random.within(0..=9) {
        0..=3 => PortRange { low: one, high: one },
        4 => PortRange { low: 1, high: 65_535 },
        5 => PortRange { low: one, high: one.saturating_add(1) },
        _ => PortRange { low: one.min(other), high: one.max(other) },
    }
}

/// A protocol of the pool or any number.
pub fn protocol_number(random: &mut Random) -> u8 {
    if random.percent(95) { *random.pick(&PROTOCOLS) } else { random.byte() }
}

/// A protocol condition; with ports beside it one of a protocol that has them.
pub fn protocol(random: &mut Random, with_ports: bool) -> ProtocolMatch {
    match random.within(0..=5) {
        0 | 1 => ProtocolMatch::TcpUdp,
        2 | 3 => ProtocolMatch::Number(*random.pick(&[6, 17])),
        _ if with_ports => ProtocolMatch::Number(*random.pick(&PROTOCOLS[..5])),
        _ => ProtocolMatch::Number(protocol_number(random)),
    }
}
