//! The flows, and the sets of policies that give each of them another mark.

use qos_tests::netns::{FAR_V4, FAR_V6, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6};

/// How the packets of a flow are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Connected,
    Unconnected,
    /// Larger than the MTU: three fragments.
    ConnectedLarge,
    Stream,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    pub(super) number: u8,
    pub(super) kind: Kind,
    pub(super) source: &'static str,
    pub(super) destination: &'static str,
}

impl Flow {
    const fn new(number: u8, kind: Kind, ipv6: bool) -> Self {
        let source = if ipv6 { NEAR_V6 } else { NEAR_V4 };
        let destination = match (kind, ipv6) {
            (Kind::Stream, false) => FAR_V4,
            (Kind::Stream, true) => FAR_V6,
            (_, false) => SINK_V4,
            (_, true) => SINK_V6,
        };
        Self { number, kind, source, destination }
    }

    pub(super) fn source_port(&self) -> u16 {
        4000 + u16::from(self.number)
    }

    pub(super) fn destination_port(&self) -> u16 {
        5000 + u16::from(self.number)
    }

    /// Its mark in a set: no flow has that of another, nor the same in two sets.
    pub(super) fn mark(&self, set: u64) -> u8 {
        1 + 3 * self.number + (set % SETS) as u8
    }
}

pub(super) const FLOWS: [Flow; 8] = [
    Flow::new(0, Kind::Connected, false),
    Flow::new(1, Kind::Connected, true),
    Flow::new(2, Kind::Unconnected, false),
    Flow::new(3, Kind::Unconnected, true),
    Flow::new(4, Kind::ConnectedLarge, false),
    Flow::new(5, Kind::ConnectedLarge, true),
    Flow::new(6, Kind::Stream, false),
    Flow::new(7, Kind::Stream, true),
];

/// How many sets there are: with three, a packet that a set too old has marked stands out.
pub(super) const SETS: u64 = 3;

/// A set of policies: one for both ports of each flow, and one for what they miss. Each set has
/// them in another order, so that the rules of a flow stand at other places: the source port of one
/// set and the destination port of another have no rule in common but the last.
pub(super) fn policies(set: u64) -> String {
    let shift = 3 * (set % SETS) as usize;
    let own = FLOWS.iter().cycle().skip(shift).take(FLOWS.len());
    let own = own.map(|flow| {
        format!(
            "[[policy]]\nname = \"{}\"\nsource-port = {}\ndestination-port = {}\ndscp = {}\n",
            flow.number,
            flow.source_port(),
            flow.destination_port(),
            flow.mark(set)
        )
    });
    let rest = format!("[[policy]]\nname = \"rest\"\ndscp = {}\n", 60 + set % SETS);
    own.chain([rest]).collect()
}
