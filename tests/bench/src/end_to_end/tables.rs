//! The section of what was measured.

use super::{Measured, Peers, Subject, targets::targets};
use crate::{
    plot::{Line, Panel, Plot},
    report::{Cell, Section, Table, Unit},
    rounds::Spread,
    sets::SIZES,
};

const LEAD: &str = "\
A socket sends UDP packets with 18 bytes of payload as fast as it can, 64 by each `sendmmsg`, through \
a veth pair over IPv4: *connected* to one destination, or unconnected to 4,096 *many destinations* in \
turn, four of five of which some policy matches. The tables have CPU time of the sending thread, which \
receives too, in nanoseconds a packet: how much more it is than just before and just after, in \
slices with nothing at the egress. Each subject has a pair of its own, so that all can be measured \
in turn, and nothing is at the egress of one pair more; pairs alike differ by 10 ns or so. At the \
far end a program takes every packet away before the stack there sees it, which would cost more than \
all that is measured. Policies have a destination prefix, ports and a protocol, and no two match the \
same packet, for nft's maps take no others; before measuring, the marks of all subjects are held \
against what the policies ask for. *nft, map* is the fastest of the forms that were tried: for each \
protocol a verdict map by `ip daddr . th dport`, with a chain for each code point.";

/// What was measured, and whether it is what it has to be.
pub(crate) fn section(measured: &Measured) -> Section {
    let added = Peers::ALL.map(|peers| added(measured, peers));
    let tables = added.into_iter().chain([ratios(measured)]).collect();
    Section {
        key: "end-to-end",
        title: "End to end",
        lead: LEAD.to_owned(),
        tables,
        targets: targets(measured),
        plot: Some(plot(measured)),
    }
}

fn added(measured: &Measured, peers: Peers) -> Table {
    let row = |subject: Subject| {
        let cell = |size| nanoseconds(measured.added(subject, size, peers));
        let any = if subject.has_policies() { Cell::Absent } else { cell(0) };
        let by_size =
            SIZES.map(|size| if subject.has_policies() { cell(size) } else { Cell::Absent });
        [Cell::from(subject.name()), any].into_iter().chain(by_size).collect()
    };
    let base = [Cell::from("the packet itself"), nanoseconds(measured.base(peers))];
    let base = base.into_iter().chain(SIZES.map(|_| Cell::Absent)).collect();
    let titles = ["ns a packet", "no policies"].map(str::to_owned).into_iter().chain(sizes());
    let rows = Subject::ALL.map(row).into_iter().chain([base]).collect();
    Table { name: peers.name().to_owned(), titles: titles.collect(), rows }
}

fn ratios(measured: &Measured) -> Table {
    let row = |(peers, other): (Peers, Subject)| {
        let name = format!("{}, against {}", peers.name(), other.name());
        let ratio = |size| measured.ratio(Subject::Ours, other, size, peers);
        let cells = SIZES.map(|size| Cell::Measured(ratio(size), Unit::Ratio));
        [Cell::Text(name)].into_iter().chain(cells).collect()
    };
    let others =
        [Subject::Floor, Subject::NftRule, Subject::NftMap, Subject::NftList, Subject::OursAnew];
    let pairs = Peers::ALL.into_iter().flat_map(|peers| others.map(|other| (peers, other)));
    let titles = ["qos-loader's part".to_owned()].into_iter().chain(sizes());
    Table { name: "ratios".to_owned(), titles: titles.collect(), rows: pairs.map(row).collect() }
}

/// How the cost grows with the number of policies.
fn plot(measured: &Measured) -> Plot {
    let panel = |peers: Peers| {
        let line = |subject: Subject| {
            let point = |size| (size, measured.added(subject, size, peers).median.max(1.0));
            Line { name: subject.name().to_owned(), points: SIZES.map(point).into() }
        };
        let lines = [Subject::NftList, Subject::NftMap, Subject::Ours].map(line).into();
        Panel { title: peers.name().to_owned(), lines }
    };
    Plot { panels: Peers::ALL.map(panel).into() }
}

fn nanoseconds(spread: Spread) -> Cell {
    Cell::Measured(spread, Unit::Nanoseconds)
}

fn sizes() -> impl Iterator<Item = String> {
    SIZES.into_iter().map(|size| size.to_string())
}
