//! The packets that are measured, the same in each run.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::Result;
use ipnet::IpNet;
use qos_loader::policy::{AddressMatch, Conditions, Policy, PortRange, ProtocolMatch};
use qos_tests::{
    generate::random::Random,
    packet::{Link, Network, Packet, Part, V4, V6},
};

use crate::enforced::Enforced;

/// How many packets a trace of different ones has.
pub(crate) const LENGTH: usize = 4_096;

/// How many bytes of a packet differ from those of others.
pub(crate) const HEAD: usize = 64;

/// The length of every frame.
pub(crate) const FRAME: usize = 128;

/// The version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) const ALL: [Self; 2] = [Self::V4, Self::V6];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    const fn header(self) -> usize {
        match self {
            Self::V4 => 20,
            Self::V6 => 40,
        }
    }

    fn has(self, net: &IpNet) -> bool {
        matches!(net, IpNet::V6(_)) == (self == Self::V6)
    }
}

/// What knows the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packets {
    /// The socket: the same packet again and again.
    Cached,
    /// The table of flows: each time another flow than the time before.
    Known,
    /// Nothing: the same packets, without that table.
    Uncached,
}

impl Packets {
    pub(crate) const ALL: [Self; 3] = [Self::Cached, Self::Known, Self::Uncached];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Known => "known to the table of flows",
            Self::Uncached => "uncached",
        }
    }

    /// For a set of these policies.
    pub(crate) fn frames(self, family: Family, policies: &[Policy]) -> Vec<Vec<u8>> {
        match self {
            Self::Cached => vec![one(family)],
            Self::Known | Self::Uncached => many(family, policies),
        }
    }

    /// Our program with these policies, as it meets such packets.
    pub(crate) fn enforced(self, policies: &[Policy]) -> Result<Enforced> {
        match self {
            Self::Cached => Enforced::new(policies),
            Self::Known => Enforced::with_flows(policies, true),
            Self::Uncached => Enforced::with_flows(policies, false),
        }
    }
}

/// The frame that the first policy of every set matches.
fn one(family: Family) -> Vec<u8> {
    let conditions = Conditions {
        destination_port: vec![PortRange { low: 443, high: 443 }],
        protocol: vec![ProtocolMatch::Number(17)],
        ..Conditions::default()
    };
    packet(&mut Random::new(1), family, &conditions).frame()
}

/// Random frames, most of which one of the `policies` matches.
fn many(family: Family, policies: &[Policy]) -> Vec<Vec<u8>> {
    let mut random = Random::new(2);
    let of_family = |list: &[AddressMatch]| {
        list.iter().all(|one| match one {
            AddressMatch::Any => true,
            AddressMatch::Prefix(net) => family.has(net),
        })
    };
    let fitting: Vec<&Conditions> = policies
        .iter()
        .map(|policy| &policy.conditions)
        .filter(|conditions| of_family(&conditions.source) && of_family(&conditions.destination))
        .collect();
    let none = Conditions::default();
    let frame = |_| {
        let aimed = random.percent(80);
        let conditions = if aimed { *random.pick(&fitting) } else { &none };
        packet(&mut random, family, conditions).frame()
    };
    (0..LENGTH).map(frame).collect()
}

fn packet(random: &mut Random, family: Family, conditions: &Conditions) -> Packet {
    let source = address(random, family, &conditions.source);
    let destination = address(random, family, &conditions.destination);
    let network = match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let (options, part, identification) = (Vec::new(), Part::Whole, 0);
            Network::V4(V4 { source, destination, options, part, identification })
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            Network::V6(V6 { source, destination, flow_label: 0, extensions: Vec::new() })
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => {
            unreachable!("both are of one family")
        }
    };
    let protocol = match conditions.protocol.first() {
        Some(ProtocolMatch::Number(number)) => *number,
        Some(ProtocolMatch::TcpUdp) | None => *random.pick(&[6, 17]),
    };
    let ports = (port(random, &conditions.source_port), port(random, &conditions.destination_port));
    let transport = if protocol == 6 { 20 } else { 8 };
    let payload = vec![0; FRAME - 14 - family.header() - transport];
    let (link, trailer) = (Link::Ethernet(Vec::new()), Vec::new());
    Packet { link, network, traffic_class: 0, protocol, ports, payload, trailer }
}

/// A random address of the prefix, if there is one.
fn address(random: &mut Random, family: Family, list: &[AddressMatch]) -> IpAddr {
    let bits = random.wide_bits();
    match (list.first(), family) {
        (Some(AddressMatch::Prefix(IpNet::V4(net))), Family::V4) => {
            let upper = u32::try_from(bits >> 96).unwrap_or(0);
            Ipv4Addr::from_bits(net.network().to_bits() | upper & net.hostmask().to_bits()).into()
        }
        (Some(AddressMatch::Prefix(IpNet::V6(net))), Family::V6) => {
            Ipv6Addr::from_bits(net.network().to_bits() | bits & net.hostmask().to_bits()).into()
        }
        (_, Family::V4) => Ipv4Addr::from_bits(random.half_bits()).into(),
        (_, Family::V6) => Ipv6Addr::from_bits(0x2 << 124 | bits >> 4).into(),
    }
}

fn port(random: &mut Random, list: &[PortRange]) -> u16 {
    let any = PortRange { low: 1, high: 65_535 };
    let range = list.first().unwrap_or(&any);
    random.port(range.low..=range.high)
}
