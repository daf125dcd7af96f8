//! Rules by a value that a packet must have to match them, so that of ten thousand only a few need
//! be looked at.

use std::collections::{BTreeSet, HashMap};

use ipnet::IpNet;
use itertools::Itertools as _;

use super::{PortRange, expand::Rule, region::Headers};

/// Rules, by number.
#[derive(Debug, Default)]
pub(super) struct Nearby {
    rules: HashMap<Key, Vec<usize>>,
    /// The prefix lengths that occur.
    lengths: BTreeSet<u8>,
}

/// One value of a rule that a packet must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Destination(IpNet),
    Source(IpNet),
    DestinationPort(u16),
    SourcePort(u16),
    /// None of these.
    Other,
}

impl Nearby {
    /// Adds a rule.
    pub(super) fn insert(&mut self, number: usize, rule: &Rule) {
        for key in keys(rule) {
            self.rules.entry(key).or_default().push(number);
            if let Key::Destination(net) | Key::Source(net) = key {
                self.lengths.insert(net.prefix_len());
            }
        }
    }

    /// The rules that may match a packet.
    pub(super) fn of_packet(&self, packet: &Headers) -> impl Iterator<Item = usize> {
        let net = |address, length: &u8| IpNet::new(address, *length).ok().map(|net| net.trunc());
        let destinations = self.lengths.iter().filter_map(move |one| net(packet.destination, one));
        let sources = self.lengths.iter().filter_map(move |one| net(packet.source, one));
        let nets = destinations.map(Key::Destination).chain(sources.map(Key::Source));
        let ports = packet.ports.into_iter().flat_map(|(source, destination)| {
            [Key::SourcePort(source), Key::DestinationPort(destination)]
        });
        self.under(nets.chain(ports))
    }

    /// The rules that may match a packet of `rule`, if all have its rank.
    pub(super) fn of_rule(&self, rule: &Rule) -> impl Iterator<Item = usize> {
        self.under(keys(rule).into_iter())
    }

    fn under(&self, keys: impl Iterator<Item = Key>) -> impl Iterator<Item = usize> {
        let lists = keys.chain([Key::Other]).filter_map(|key| self.rules.get(&key));
        // A rule stands under each of its values.
        lists.flatten().copied().unique()
    }
}

/// The values of the first condition that names single ones. Rules of one rank have the same, but
/// for those with a URL, whose rank does not tell.
fn keys(rule: &Rule) -> Vec<Key> {
    let single = |ports: &[PortRange]| ports.first().is_some_and(|range| range.width() == 1);
    let low = |range: &PortRange| range.low;
    if !rule.urls.is_empty() {
        vec![Key::Other]
    } else if !rule.destinations.is_empty() {
        rule.destinations.iter().copied().map(Key::Destination).collect()
    } else if !rule.sources.is_empty() {
        rule.sources.iter().copied().map(Key::Source).collect()
    } else if single(&rule.destination_ports) {
        rule.destination_ports.iter().map(low).map(Key::DestinationPort).collect()
    } else if single(&rule.source_ports) {
        rule.source_ports.iter().map(low).map(Key::SourcePort).collect()
    } else {
        vec![Key::Other]
    }
}
