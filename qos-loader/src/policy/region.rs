//! What a rule asks of a packet's headers, as boxes: a range for each field.

mod example;
mod ranges;

use std::net::IpAddr;

use itertools::iproduct;

use super::expand::Rule;
use ranges::{addresses, common, ports, protocols};

pub use example::Headers;

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
        let of_family = |ipv6| {
            let addresses = |nets| addresses(nets, ipv6);
            let source = common(addresses(&one.sources), addresses(&other.sources)).next()?;
            let destination =
                common(addresses(&one.destinations), addresses(&other.destinations)).next()?;
            let from = common(ports(&one.source_ports), ports(&other.source_ports)).next()?;
            let to =
                common(ports(&one.destination_ports), ports(&other.destination_ports)).next()?;
            let with =
                move |protocol| Self { ipv6, fields: [source, destination, from, to, protocol] };
            Some(common(protocols(&one.protocols), protocols(&other.protocols)).map(with))
        };
        let regions = [false, true].into_iter().filter_map(of_family).flatten();
        let possible = regions.filter_map(|region| Some((region, region.example()?)));
        possible.min_by_key(|(_, headers)| headers.is_odd()).map(|(region, _)| region)
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
}
