//! Hosts, and the addresses that their names were looked up for.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use qos_loader::policy::{HostPattern, Policy};

use crate::oracle::is_host;

/// Addresses of two hosts, of the first and another one, of one of each family, and of the last alone.
const ADDRESSES: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)),
    IpAddr::V4(Ipv4Addr::new(10, 1, 200, 77)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, 6)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0x8003, 4, 5, 6)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 255)),
];

/// Names, with the numbers of their addresses.
const HOSTS: [(&str, &[usize]); 6] = [
    ("example.com", &[0, 2]),
    ("a.example.com", &[0]),
    ("b.a.example.com", &[1, 2]),
    ("files.example.org", &[1, 3]),
    ("x.files.example.org", &[3]),
    ("a.b.c.d.e.f.g.h.example.com", &[4]),
];

/// All addresses that some host has.
pub const fn host_addresses() -> &'static [IpAddr] {
    &ADDRESSES
}

/// The names that were looked up and have this address.
pub fn names_of(address: IpAddr) -> Vec<&'static str> {
    let has = |(_, own): &&(&str, &[usize])| own.iter().any(|&one| ADDRESSES[one] == address);
    HOSTS.iter().filter(has).map(|(name, _)| *name).collect()
}

/// What is known of the hosts that `policies` name.
pub fn hosts_of(policies: &[Policy]) -> BTreeMap<HostPattern, BTreeSet<IpAddr>> {
    let patterns = policies.iter().flat_map(|policy| &policy.conditions.destination_host);
    let addresses = |pattern: &HostPattern| {
        let named = HOSTS.iter().filter(|(name, _)| is_host(pattern, name));
        named.flat_map(|(_, own)| own.iter().map(|&one| ADDRESSES[one])).collect()
    };
    patterns.map(|pattern| (pattern.clone(), addresses(pattern))).collect()
}
