//! A packet of a region, for people to look at.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use qos_common::wire::ports::has_ports;

use super::{NO_PORT, Range, Region, contains};

/// A packet's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headers {
    /// The transport protocol.
    pub protocol: u8,
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes, in the same family.
    pub destination: IpAddr,
    /// Source and destination port, if it carries them.
    pub ports: Option<(u16, u16)>,
}

impl Headers {
    /// Whether it is of ICMP in the other family.
    pub(super) const fn is_odd(&self) -> bool {
        matches!((self.source, self.protocol), (IpAddr::V4(_), 58) | (IpAddr::V6(_), 1))
    }
}

impl Region {
    /// One of its packets, a usual one if it has such; none if there can't be one.
    pub fn example(&self) -> Option<Headers> {
        let [source, destination, from, to, protocol] = self.fields;
        let real = from.0 < NO_PORT && to.0 < NO_PORT;
        let without = from.1 == NO_PORT && to.1 == NO_PORT;
        let usual = [6, 17].into_iter().chain(0..=255);
        let mut possible = usual.filter(|&number| contains(protocol, number.into()));
        let protocol = possible.find(|&number| (real && has_ports(number)) || without)?;
        let port = |range: Range, usual| {
            let port = if contains(range, usual) { usual } else { range.0.max(1).min(range.1) };
            u16::try_from(port).unwrap_or_default()
        };
        Some(Headers {
            protocol,
            source: self.address(source, Ipv4Addr::new(192, 0, 2, 1), 1),
            destination: self.address(destination, Ipv4Addr::new(198, 51, 100, 1), 2),
            ports: (real && has_ports(protocol)).then(|| (port(from, 40_000), port(to, 443))),
        })
    }

    /// An address of a range, one of documentation's if it has some.
    fn address(&self, range: Range, usual: Ipv4Addr, last: u16) -> IpAddr {
        if self.ipv6 {
            let usual = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last).to_bits();
            return Ipv6Addr::from_bits(pick(range, usual)).into();
        }
        let bits = pick(range, usual.to_bits().into());
        Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or_default()).into()
    }
}

/// The usual value if `range` has it, else the one behind its first: a network's own address is
/// none of a host.
fn pick(range: Range, usual: u128) -> u128 {
    if contains(range, usual) { usual } else { range.0.saturating_add(1).min(range.1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Range = (0, NO_PORT);

    #[test]
    fn examples_are_packets_that_can_be() {
        let only = |from: Range, to: Range, protocol: Range| {
            Region { ipv6: false, fields: [(0, 9), (0, 9), from, to, protocol] }
                .example()
                .map(|one| (one.protocol, one.ports))
        };
        assert_eq!(only(ANY, (53, 53), (0, 255)), Some((6, Some((40_000, 53)))));
        assert_eq!(only(ANY, (53, 53), (47, 140)), Some((132, Some((40_000, 53)))));
        assert_eq!(only(ANY, (53, 53), (47, 47)), None);
        assert_eq!(only(ANY, ANY, (47, 47)), Some((47, None)));
        assert_eq!(only((1, 9), (NO_PORT, NO_PORT), (0, 255)), None);
    }
}
