//! Values at the edges of a policy's conditions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use qos_loader::policy::{AddressMatch, Conditions, PortRange, ProtocolMatch};

use crate::generate::{machine::host_addresses, pools, random::Random};

/// Addresses of one family, at the edges of listed prefixes where there are some.
pub(super) fn addresses(random: &mut Random, conditions: &Conditions) -> (IpAddr, IpAddr) {
    let source = edge_of_one(random, &conditions.source);
    let host = !conditions.destination_host.is_empty() && random.percent(70);
    let host = host.then(|| *random.pick(host_addresses()));
    let destination = edge_of_one(random, &conditions.destination).or(host);
    let v6 = match (source, destination) {
        (Some(one), _) | (None, Some(one)) => one.is_ipv6(),
        (None, None) => random.percent(50),
    };
    let mut other = |address: Option<IpAddr>| match address.filter(|one| one.is_ipv6() == v6) {
        Some(address) => address,
        None if v6 => pools::v6(random).into(),
        None => pools::v4(random).into(),
    };
    (other(source), other(destination))
}

fn edge_of_one(random: &mut Random, list: &[AddressMatch]) -> Option<IpAddr> {
    if list.is_empty() || random.percent(10) {
        return None;
    }
    match random.pick(list) {
        AddressMatch::Any => None,
        AddressMatch::Prefix(IpNet::V4(net)) => {
            let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
            let inside = first | (random.half_bits() & (last - first));
            let edges = [first, last, first.wrapping_sub(1), last.wrapping_add(1), inside, inside];
            Some(Ipv4Addr::from_bits(*random.pick(&edges)).into())
        }
        AddressMatch::Prefix(IpNet::V6(net)) => {
            let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
            let inside = first | (random.wide_bits() & (last - first));
            let edges = [first, last, first.wrapping_sub(1), last.wrapping_add(1), inside, inside];
            Some(Ipv6Addr::from_bits(*random.pick(&edges)).into())
        }
    }
}

/// A port from which a response comes: of the URL, which need not be the one that it names.
pub(super) fn source_port(random: &mut Random, conditions: &Conditions) -> u16 {
    let ports: Vec<u16> = conditions.url.iter().filter_map(|url| url.port).collect();
    if !ports.is_empty() && conditions.source_port.is_empty() && random.percent(60) {
        return *random.pick(&ports);
    }
    port(random, &conditions.source_port)
}

pub(super) fn port(random: &mut Random, ranges: &[PortRange]) -> u16 {
    if ranges.is_empty() || random.percent(10) {
        return pools::port(random);
    }
    let PortRange { low, high } = *random.pick(ranges);
    let inside = random.port(low..=high);
    *random.pick(&[low, high, low - 1, high.wrapping_add(1), inside])
}

pub(super) fn protocol(random: &mut Random, list: &[ProtocolMatch], has_ports: bool) -> u8 {
    match list {
        [_, ..] if random.percent(85) => match random.pick(list) {
            ProtocolMatch::TcpUdp => *random.pick(&[6, 17]),
            ProtocolMatch::Number(number) => no_extension(*number),
        },
        [] if has_ports && random.percent(85) => *random.pick(&[6, 17, 33, 132, 136]),
        _ => no_extension(pools::protocol_number(random)),
    }
}

/// The numbers of IPv6's extension headers are not a transport protocol's.
const fn no_extension(number: u8) -> u8 {
    match number {
        0 | 43 | 44 | 51 | 60 | 135 => 59,
        other => other,
    }
}
