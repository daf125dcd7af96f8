//! The tables of what was measured.

use std::iter;

use super::{Measured, way::Subject};
use crate::{
    report::{Cell, Table, Unit},
    rounds::Spread,
};

/// A set, and what was measured of it in each round.
pub(super) type Row<'a> = (&'a Subject, &'a [Measured]);

/// A title, what stands below it, and what it counts.
type Column = (&'static str, fn(&Measured) -> f64, Unit);

/// The steps one by one, and those of a process together.
const TIME: [Column; 9] = [
    ("toml", |one| one.way.toml, Unit::Seconds),
    ("read", |one| one.way.read, Unit::Seconds),
    ("read / toml", |one| one.way.read / one.way.toml, Unit::Ratio),
    ("rank", |one| one.way.rank, Unit::Seconds),
    ("compile", |one| one.way.compile, Unit::Seconds),
    ("swap", |one| one.way.swap, Unit::Seconds),
    ("all", |one| one.way.all(), Unit::Seconds),
    ("ready", |one| one.process.ready, Unit::Seconds),
    ("reload", |one| one.process.reload, Unit::Seconds),
];

/// What is used and of what that is the sum, then what is allocated.
const MEMORY: [Column; 9] = [
    ("used", Measured::used, Unit::Bytes),
    ("loader", |one| one.process.started.own, Unit::Bytes),
    ("reloaded", |one| one.process.reloaded.own, Unit::Bytes),
    ("image", |one| one.way.image, Unit::Bytes),
    ("counters", |one| one.process.maps.counters, Unit::Bytes),
    ("image's map", |one| one.process.maps.image, Unit::Bytes),
    ("other maps", |one| one.process.maps.others, Unit::Bytes),
    ("resident", |one| one.process.started.resident, Unit::Bytes),
    ("peak", |one| one.process.started.peak, Unit::Bytes),
];

/// Times in milliseconds.
pub(super) fn time(rows: &[Row<'_>]) -> Table {
    table("time, ms", &TIME, rows)
}

/// Memory in MiB.
pub(super) fn memory(rows: &[Row<'_>]) -> Table {
    table("memory, MiB", &MEMORY, rows)
}

fn table(name: &str, columns: &[Column], rows: &[Row<'_>]) -> Table {
    let titles = ["set", "policies", "rules"].into_iter().chain(columns.iter().map(|one| one.0));
    let row = |(subject, rounds): &Row<'_>| {
        let rules = rounds.first().map_or(0, |one| one.way.rules);
        let counts = [subject.size, rules].map(|count| Cell::Count(count as u64));
        let measured =
            columns.iter().map(|(_, of, unit)| Cell::Measured(spread(rounds, *of), *unit));
        iter::once(subject.kind.name().into()).chain(counts).chain(measured).collect()
    };
    Table {
        name: name.to_owned(),
        titles: titles.map(str::to_owned).collect(),
        rows: rows.iter().map(row).collect(),
    }
}

/// Of all rounds.
pub(super) fn spread(rounds: &[Measured], of: fn(&Measured) -> f64) -> Spread {
    Spread::of(rounds.iter().map(of))
}
