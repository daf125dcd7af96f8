//! What a rule asks of a packet's headers, as boxes: a range for each field.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use itertools::iproduct;
use qos_common::wire::ports::has_ports;

use super::{PortRange, expand::Rule};

/// The port of packets that carry none: later fragments, and protocols without ports.
const NO_PORT: u128 = 65_536;

/// From the first value to the second, both included.
type Range = (u128, u128);

/// The packets of one family whose fields lie in ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    ipv6: bool,
    /// Source, destination, source port, destination port, protocol.
    fields: [Range; 5],
}

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

impl Region {
    /// The boxes of a rule.
    pub fn of(rule: &Rule) -> impl Iterator<Item = Self> {
        [false, true].into_iter().flat_map(move |ipv6| {
            iproduct!(
                addresses(&rule.sources, ipv6),
                addresses(&rule.destinations, ipv6),
                ports(&rule.source_ports),
                ports(&rule.destination_ports),
                protocols(&rule.protocols)
            )
            .map(move |(source, destination, from, to, protocol)| Self {
                ipv6,
                fields: [source, destination, from, to, protocol],
            })
        })
    }

    /// Some packets that two rules match, unless there can't be one.
    pub fn of_both(one: &Rule, other: &Rule) -> Option<Self> {
        [false, true].into_iter().find_map(|ipv6| {
            let addresses = |nets| addresses(nets, ipv6);
            let source = common(addresses(&one.sources), addresses(&other.sources)).next()?;
            let destination =
                common(addresses(&one.destinations), addresses(&other.destinations)).next()?;
            let from = common(ports(&one.source_ports), ports(&other.source_ports)).next()?;
            let to =
                common(ports(&one.destination_ports), ports(&other.destination_ports)).next()?;
            let with = |protocol| Self { ipv6, fields: [source, destination, from, to, protocol] };
            let protocols = common(protocols(&one.protocols), protocols(&other.protocols));
            protocols.map(with).find(|region| region.example().is_some())
        })
    }

    /// The box of a rule in which a packet lies, if the rule matches it.
    pub fn around(rule: &Rule, packet: &Headers) -> Option<Self> {
        let ipv6 = packet.source.is_ipv6();
        let (from, to) =
            packet.ports.map_or((NO_PORT, NO_PORT), |(from, to)| (from.into(), to.into()));
        let protocol = u128::from(packet.protocol);
        Some(Self {
            ipv6,
            fields: [
                addresses(&rule.sources, ipv6).find(holds(bits(packet.source)))?,
                addresses(&rule.destinations, ipv6).find(holds(bits(packet.destination)))?,
                ports(&rule.source_ports).find(holds(from))?,
                ports(&rule.destination_ports).find(holds(to))?,
                protocols(&rule.protocols).find(holds(protocol))?,
            ],
        })
    }

    /// The packets that are in `other` too.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let mut fields = self.fields;
        for (field, (low, high)) in fields.iter_mut().zip(other.fields) {
            *field = (field.0.max(low), field.1.min(high));
        }
        let all = self.ipv6 == other.ipv6 && fields.iter().all(|(low, high)| low <= high);
        all.then_some(Self { fields, ..*self })
    }

    /// The packets that are not in `other`: at most two boxes a field.
    pub fn minus(&self, other: &Self) -> Vec<Self> {
        let Some(common) = self.intersection(other) else { return vec![*self] };
        let mut rest = *self;
        let mut pieces = Vec::new();
        for (index, (low, high)) in common.fields.into_iter().enumerate() {
            let (first, last) = rest.fields[index];
            let mut piece = |range| {
                let mut fields = rest.fields;
                fields[index] = range;
                pieces.push(Self { fields, ..rest });
            };
            if first < low {
                piece((first, low - 1));
            }
            if high < last {
                piece((high + 1, last));
            }
            rest.fields[index] = (low, high);
        }
        pieces
    }

    /// One of its packets, a usual one if it has such; none if there can't be one.
    pub fn example(&self) -> Option<Headers> {
        let [source, destination, from, to, protocol] = self.fields;
        let real = from.0 < NO_PORT && to.0 < NO_PORT;
        let without = from.1 == NO_PORT && to.1 == NO_PORT;
        let usual = [6, 17].into_iter().chain(0..=255);
        let mut possible = usual.filter(|&number| contains(protocol, number.into()));
        let protocol = possible.find(|&number| (real && has_ports(number)) || without)?;
        let port = |range: Range, usual| {
            u16::try_from(pick((range.0, range.1.min(NO_PORT - 1)), usual)).unwrap_or_default()
        };
        Some(Headers {
            protocol,
            source: self.address(source, Ipv4Addr::new(192, 0, 2, 1)),
            destination: self.address(destination, Ipv4Addr::new(198, 51, 100, 1)),
            ports: (real && has_ports(protocol)).then(|| (port(from, 40_000), port(to, 443))),
        })
    }

    /// An address of a range, one of documentation's if it has some.
    fn address(&self, range: Range, usual: Ipv4Addr) -> IpAddr {
        let documentation = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).to_bits();
        if self.ipv6 {
            return Ipv6Addr::from_bits(pick(range, documentation)).into();
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

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn holds(value: u128) -> impl FnMut(&Range) -> bool {
    move |range| contains(*range, value)
}

const fn contains((low, high): Range, value: u128) -> bool {
    low <= value && value <= high
}

fn addresses(nets: &[IpNet], ipv6: bool) -> impl Iterator<Item = Range> + Clone {
    let all = (0, if ipv6 { u128::MAX } else { u32::MAX.into() });
    let range = move |net: &IpNet| match (net, ipv6) {
        (IpNet::V4(net), false) => {
            Some((net.network().to_bits().into(), net.broadcast().to_bits().into()))
        }
        (IpNet::V6(net), true) => Some((net.network().to_bits(), net.broadcast().to_bits())),
        (IpNet::V4(_), true) | (IpNet::V6(_), false) => None,
    };
    nets.iter().filter_map(range).chain(nets.is_empty().then_some(all))
}

fn ports(ranges: &[PortRange]) -> impl Iterator<Item = Range> + Clone {
    let all = ranges.is_empty().then_some((0, NO_PORT));
    ranges.iter().map(|range| (range.low.into(), range.high.into())).chain(all)
}

fn protocols(numbers: &[u8]) -> impl Iterator<Item = Range> + Clone {
    let all = numbers.is_empty().then_some((0, 255));
    numbers.iter().map(|&number| (number.into(), number.into())).chain(all)
}

/// What ranges of both have in common.
fn common(
    one: impl Iterator<Item = Range>,
    other: impl Iterator<Item = Range> + Clone,
) -> impl Iterator<Item = Range> {
    let cut = |(one, other): (Range, Range)| (one.0.max(other.0), one.1.min(other.1));
    iproduct!(one, other).map(cut).filter(|(low, high)| low <= high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(fields: [Range; 5]) -> Region {
        Region { ipv6: false, fields }
    }

    const ALL: [Range; 5] = [(0, 9), (0, 9), (0, NO_PORT), (0, NO_PORT), (0, 255)];

    #[test]
    fn what_is_left_and_what_is_taken_make_the_whole() {
        let whole = region(ALL);
        let hole = region([(3, 5), (0, 4), (80, 80), (0, NO_PORT), (6, 17)]);
        let pieces = whole.minus(&hole);
        for source in 0..=9 {
            for destination in 0..=9 {
                for from in [79, 80, 81, NO_PORT] {
                    for protocol in [0, 6, 17, 18] {
                        let point = [source, destination, from, 7, protocol].map(|one| (one, one));
                        let holds = |one: &Region| one.intersection(&region(point)).is_some();
                        let times = pieces.iter().filter(|one| holds(one)).count();
                        assert_eq!(times, usize::from(!holds(&hole)));
                    }
                }
            }
        }
    }

    #[test]
    fn examples_are_packets_that_can_be() {
        let only = |from: Range, to: Range, protocol: Range| {
            region([(0, 9), (0, 9), from, to, protocol])
                .example()
                .map(|one| (one.protocol, one.ports))
        };
        assert_eq!(only(ALL[2], (53, 53), (0, 255)), Some((6, Some((40_000, 53)))));
        assert_eq!(only(ALL[2], (53, 53), (47, 140)), Some((132, Some((40_000, 53)))));
        assert_eq!(only(ALL[2], (53, 53), (47, 47)), None);
        assert_eq!(only(ALL[2], ALL[3], (47, 47)), Some((47, None)));
        assert_eq!(only((1, 9), (NO_PORT, NO_PORT), (0, 255)), None);
    }
}
