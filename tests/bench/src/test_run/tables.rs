//! What was measured, as tables and as a plot.

use super::{
    case::Case,
    measured::{Measured, Sample},
};
use crate::{
    plot::{Line, Panel, Plot},
    report::{Cell, Table, Unit},
    sets::{Kind, SIZES},
    trace::{Family, Packets},
};

/// For cached and for uncached packets, nanoseconds and ratios.
pub(super) fn all(measured: &Measured) -> Vec<Table> {
    Packets::ALL
        .into_iter()
        .flat_map(|packets| [nanoseconds(measured, packets), ratios(measured, packets)])
        .collect()
}

fn nanoseconds(measured: &Measured, packets: Packets) -> Table {
    let row = |family: Family, kind, name: &str, of: fn(&Sample) -> f64| {
        let spread = |size| measured.spread(Case { family, packets, kind, size }, of);
        let cell = |size| Cell::Measured(spread(size), Unit::Nanoseconds);
        line(format!("{}, {name}", family.name()), cell)
    };
    let rows = |family| {
        let ours = Kind::ALL.map(|kind| row(family, kind, kind.name(), Sample::ours_alone));
        let floor = row(family, Kind::Friendly, "floor", Sample::floor_alone);
        let empty = row(family, Kind::Friendly, "empty program", |sample| sample.empty);
        ours.into_iter().chain([floor, empty])
    };
    let rows = Family::ALL.into_iter().flat_map(rows).collect();
    Table { name: packets.name().to_owned(), titles: titles("ns a packet"), rows }
}

fn ratios(measured: &Measured, packets: Packets) -> Table {
    let rows = |(family, kind): (Family, Kind)| {
        let case = |size| Case { family, packets, kind, size };
        let floor = |size| {
            let against_floor = measured.spread(case(size), Sample::against_floor);
            Cell::Measured(against_floor, Unit::Ratio)
        };
        let one = |size| match size {
            1 => Cell::Absent,
            _ => Cell::Measured(measured.growth(case(size)), Unit::Ratio),
        };
        let name = format!("{}, {}", family.name(), kind.name());
        [
            line(format!("{name}, against the floor"), floor),
            line(format!("{name}, against one policy"), one),
        ]
    };
    let pairs = Family::ALL.into_iter().flat_map(|family| Kind::ALL.map(|kind| (family, kind)));
    let name = format!("{}, ratios", packets.name());
    Table { name, titles: titles("ratio"), rows: pairs.flat_map(rows).collect() }
}

fn titles(first: &str) -> Vec<String> {
    [first.to_owned()].into_iter().chain(SIZES.map(|size| size.to_string())).collect()
}

fn line(name: String, cell: impl Fn(usize) -> Cell) -> Vec<Cell> {
    [Cell::Text(name)].into_iter().chain(SIZES.map(cell)).collect()
}

/// How the cost grows with the number of policies.
pub(super) fn plot(measured: &Measured) -> Plot {
    Plot { panels: Family::ALL.map(|family| panel(measured, family)).into() }
}

fn panel(measured: &Measured, family: Family) -> Panel {
    let line = |name: &str, packets, kind, of: fn(&Sample) -> f64| {
        let case = |size| Case { family, packets, kind, size };
        let point = |size| (size, measured.spread(case(size), of).median);
        Line { name: name.to_owned(), points: SIZES.map(point).into() }
    };
    let (hostile, friendly) = (Kind::Hostile, Kind::Friendly);
    let lines = vec![
        line("uncached, hostile", Packets::Uncached, hostile, Sample::ours_alone),
        line("uncached, friendly", Packets::Uncached, friendly, Sample::ours_alone),
        line("known", Packets::Known, friendly, Sample::ours_alone),
        line("cached", Packets::Cached, friendly, Sample::ours_alone),
        line("floor", Packets::Cached, friendly, Sample::floor_alone),
    ];
    Panel { title: family.name().to_owned(), lines }
}
