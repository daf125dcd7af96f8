//! What policies with rates do to one another, and to who has none.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::Result;
use qos_tests::{
    loader::Loader,
    netns::{Lab, NEAR},
};

use super::{
    traffic::{self, Running, Traffic},
    way::Way,
};
use crate::{
    report::{Cell, Table, Target, Unit},
    rounds::{Spread, interleaved},
};

/// Two policies: ports and rates, the latter as a file has them and in bytes a second.
const POLICIES: [(u16, &str, u64); 2] = [(5_000, "1 MBps", 1 << 20), (5_001, "10 MBps", 10 << 20)];

/// A port that no policy names.
const FREE: u16 = 5_002;

/// Until TCP has found its pace, and the burst is paid off.
const START: Duration = Duration::from_secs(2);
const TIME: Duration = Duration::from_secs(3);
/// The first is not counted.
const ROUNDS: usize = 10;
const ROUND: Duration = Duration::from_secs(1);

/// Connections that share a policy's rate.
const SHARED: Traffic = Traffic::Tcp { control: "cubic", flows: 4 };
const ALONE: Traffic = Traffic::Tcp { control: "cubic", flows: 1 };

pub(super) struct Beside {
    /// What each policy's connections read, as a share of its rate.
    several: [f64; 2],
    /// What the free connection got, against what it gets alone.
    free: Spread,
}

pub(super) fn measure() -> Result<Beside> {
    let lab = Lab::new();
    let policy = |(port, rate, _): &(u16, &str, u64)| {
        format!("[[policy]]\nname = \"{port}\"\ndestination-port = {port}\nthrottle = \"{rate}\"\n")
    };
    let _loader = Loader::run(NEAR, &POLICIES.each_ref().map(policy).concat());
    let start = |port, traffic| traffic::start(&lab, (Way::Short, port), traffic, 0);
    let several = several(start)?;
    let free = start(FREE, ALONE)?;
    sleep(START);
    let (port, ..) = POLICIES[1];
    let measured = interleaved(&[false, true], ROUNDS, |beside| {
        let other = beside.then(|| start(port, ALONE)).transpose()?;
        let read = speed(&free, ROUND);
        other.into_iter().for_each(Running::stop);
        Ok(read)
    })?;
    free.stop();
    Ok(Beside {
        several,
        free: Spread::of(
            measured[0].iter().zip(&measured[1]).map(|(alone, beside)| beside / alone),
        ),
    })
}

/// Both policies at once.
fn several(start: impl Fn(u16, Traffic) -> Result<Running>) -> Result<[f64; 2]> {
    let [first, second] = POLICIES.map(|(port, ..)| start(port, SHARED));
    let both = [first?, second?];
    sleep(START);
    let (since, before) = (Instant::now(), both.each_ref().map(Running::read));
    sleep(TIME);
    let seconds = since.elapsed().as_secs_f64();
    let after = both.each_ref().map(Running::read);
    both.into_iter().for_each(Running::stop);
    #[expect(clippy::cast_precision_loss, reason = "numbers of bytes are smaller")]
    let share = |index: usize| {
        let (_, _, rate) = POLICIES[index];
        (after[index] - before[index]) as f64 / seconds / rate as f64
    };
    Ok([share(0), share(1)])
}

/// The bytes a second that are read for so long.
fn speed(running: &Running, time: Duration) -> f64 {
    let (since, before) = (Instant::now(), running.read());
    sleep(time);
    #[expect(clippy::cast_precision_loss, reason = "numbers of bytes are smaller")]
    let read = (running.read() - before) as f64;
    read / since.elapsed().as_secs_f64()
}

impl Beside {
    pub(super) fn table(&self) -> Table {
        let several = POLICIES.iter().zip(self.several).map(|((_, rate, _), share)| {
            row(format!("several, {rate}"), Spread::of([share].into_iter()))
        });
        let free = row("beside".to_owned(), self.free.clone());
        Table {
            name: "more than one".to_owned(),
            titles: ["traffic", "data"].map(str::to_owned).into(),
            rows: several.chain([free]).collect(),
        }
    }

    pub(super) fn targets(&self) -> Vec<Target> {
        let least = self.several.into_iter().fold(f64::INFINITY, f64::min);
        let most = self.several.into_iter().fold(0.0, f64::max);
        let of = |value: f64| Spread::of([value].into_iter());
        let what = |what: &str| format!("rates, two policies at once: {what}");
        let free = "a connection without a policy beside one with a rate, against alone".to_owned();
        vec![
            Target::at_least(0.93, what("data of the rate, at least"), of(least), Unit::Ratio),
            Target::at_most(1.01, what("data of the rate, at most"), of(most), Unit::Ratio),
            Target::at_least(0.98, free, self.free.clone(), Unit::Ratio),
        ]
    }
}

fn row(name: String, share: Spread) -> Vec<Cell> {
    vec![Cell::Text(name), Cell::Measured(share, Unit::Ratio)]
}
