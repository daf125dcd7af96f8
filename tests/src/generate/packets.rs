//! Random packets, most of them drawn to hit a policy or to miss it by one.

mod edges;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use qos_loader::policy::{Conditions, Policy};

use super::random::Random;
use crate::packet::{
    Extension, Link, Network, Packet, Part, V4, V6,
    link::{QINQ, VLAN},
};

/// A packet for a set that holds `policies`.
pub fn packet(random: &mut Random, policies: &[Policy]) -> Packet {
    let none = Conditions::default();
    let aimed = !policies.is_empty() && random.percent(80);
    let conditions = if aimed { &random.pick(policies).conditions } else { &none };
    let (source, destination) = edges::addresses(random, conditions);
    let ports =
        (edges::source_port(random, conditions), edges::port(random, &conditions.destination_port));
    let has_ports = conditions.source_port.len() + conditions.destination_port.len() > 0;
    let network = match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            Network::V4(v4(random, source, destination))
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            Network::V6(v6(random, source, destination))
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => {
            unreachable!("both are of one family")
        }
    };
    Packet {
        link: link(random),
        network,
        traffic_class: random.byte(),
        protocol: edges::protocol(random, &conditions.protocol, has_ports),
        ports,
        payload: filler(random, 32),
        trailer: if random.percent(15) { filler(random, 20) } else { Vec::new() },
    }
}

fn filler(random: &mut Random, most: usize) -> Vec<u8> {
    (0..random.within(0..=most)).map(|_| random.byte()).collect()
}

fn link(random: &mut Random) -> Link {
    match random.within(0..=9) {
        0 | 1 => Link::None,
        2 => Link::Ethernet(vec![VLAN]),
        3 => Link::Ethernet(vec![QINQ, VLAN]),
        4 => Link::Ethernet(vec![VLAN, VLAN]),
        _ => Link::Ethernet(Vec::new()),
    }
}

fn part(random: &mut Random) -> Part {
    *random.pick(&[Part::Whole, Part::First, Part::Later])
}

fn v4(random: &mut Random, source: Ipv4Addr, destination: Ipv4Addr) -> V4 {
    let words = if random.percent(25) { random.within(1..=10) } else { 0 };
    let options = (0..4 * words).map(|_| random.byte()).collect();
    let part = if random.percent(20) { part(random) } else { Part::Whole };
    V4 { source, destination, options, part, identification: random.port(0..=65_535) }
}

fn v6(random: &mut Random, source: Ipv6Addr, destination: Ipv6Addr) -> V6 {
    let count = if random.percent(30) { random.within(1..=8) } else { 0 };
    let mut extensions: Vec<Extension> = (0..count).map(|_| extension(random)).collect();
    // A datagram is fragmented once.
    let mut fragments = 0;
    extensions.retain(|extension| {
        fragments += usize::from(matches!(extension, Extension::Fragment(_)));
        !matches!(extension, Extension::Fragment(_)) || fragments == 1
    });
    // What stands behind a later fragment's header is data.
    let later = |one: &Extension| matches!(one, Extension::Fragment(Part::Later));
    if let Some(position) = extensions.iter().position(later) {
        extensions.truncate(position + 1);
    }
    V6 { source, destination, flow_label: random.half_bits() >> 12, extensions }
}

fn extension(random: &mut Random) -> Extension {
    match random.within(0..=5) {
        0 => Extension::Fragment(part(random)),
        1 => Extension::Authentication(random.byte() % 8),
        _ => Extension::Options(*random.pick(&[0, 43, 60, 135]), random.byte() % 4),
    }
}
