//! Whether CPUs that classify at the same time hinder each other.

mod pair;

use anyhow::Result;

use crate::{
    cpus,
    programs::Programs,
    report::{Cell, Section, Table, Unit},
    rounds::{Spread, interleaved},
    sets::Kind,
    trace::{Family, Packets},
};
use pair::{Pair, Times};

/// Each measures everything once; the first is left out.
const ROUNDS: usize = 16;

/// How many policies are in force.
const SIZE: usize = 10_000;

const SUBJECTS: [&str; 4] = ["empty program", "shared counter", "floor", "qos-loader"];

/// Measures on one CPU and on two, if there are two.
pub(crate) fn section() -> Result<Section> {
    let [other, own] = cpus::ends()?;
    let (lead, tables) = if other == own {
        ("Not measured, for there is one CPU only.".to_owned(), Vec::new())
    } else {
        (LEAD.to_owned(), measure(own, other)?)
    };
    let (key, title, targets, plot) = ("two-cpus", "Two CPUs at once", Vec::new(), None);
    Ok(Section { key, title, lead, tables, targets, plot })
}

const LEAD: &str = "A packet's time on a CPU, measured as in the section above over IPv4, but with \
    what it takes to put the packet in place: while the other CPU does nothing for the bench \
    (*one*), and while it runs the same program over packets of its own (*both*). 10,000 policies \
    of the friendly kind are in force, the same for both. CPUs that are threads of one core slow \
    each other down whatever they do, as the *empty program* and the *floor* show; so what counts \
    is how much more than these ours is slowed down, in the last two columns, where 1 is not at \
    all. The *shared counter* is an empty program but for an atomic count that both CPUs keep: \
    it shows what a cache line costs that both write, which depends on how far apart the CPUs are, \
    and in a virtual machine may be another from run to run. Ours writes none: its counters are a \
    CPU's own, answers a socket's own, and the policies are only read.";

fn measure(own: usize, other: usize) -> Result<Vec<Table>> {
    cpus::stay_on(own)?;
    let policies = Kind::Friendly.policies(SIZE);
    let mut others = Programs::load()?;
    let table = |packets: Packets| {
        let programs = [
            others.descriptor("empty")?,
            others.descriptor("shared_counter")?,
            others.floor(Family::V4)?,
            packets.enforced(&policies)?.program()?,
        ];
        let mut pair = Pair::new(&packets.frames(Family::V4, &policies), other)?;
        let rounds = interleaved(&programs, ROUNDS, |subject| pair.measure(subject))?;
        Ok(table(packets, &rounds))
    };
    Packets::ALL.into_iter().map(table).collect()
}

fn table(packets: Packets, rounds: &[Vec<Times>]) -> Table {
    let [empty, floor] = [&rounds[0], &rounds[2]];
    let row = |(name, own): (&str, &Vec<Times>)| {
        let nanoseconds = |of: fn(&Times) -> f64| {
            Cell::Measured(Spread::of(own.iter().map(of)), Unit::Nanoseconds)
        };
        let over = |other: &[Times]| {
            let pairs = own.iter().zip(other);
            let ratios = pairs.map(|(own, other)| own.slowdown() / other.slowdown());
            Cell::Measured(Spread::of(ratios), Unit::Ratio)
        };
        let slowdown = Spread::of(own.iter().map(|times| times.slowdown()));
        vec![
            Cell::from(name),
            nanoseconds(|times| times.one),
            nanoseconds(|times| times.both),
            Cell::Measured(slowdown, Unit::Ratio),
            over(empty),
            over(floor),
        ]
    };
    let titles =
        ["ns a packet", "one", "both", "slowdown", "over the empty program's", "over the floor's"];
    Table {
        name: packets.name().to_owned(),
        titles: titles.map(str::to_owned).into(),
        rows: SUBJECTS.into_iter().zip(rounds).map(row).collect(),
    }
}
