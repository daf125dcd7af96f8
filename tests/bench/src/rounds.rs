//! Measuring in rounds: what is compared is measured in turn, so that whatever else the machine
//! does meets all of it alike.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::{Value, json};

/// What was measured of one thing in all rounds.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    /// The one in the middle.
    pub(crate) median: f64,
    /// The smallest.
    pub(crate) least: f64,
    /// The largest.
    pub(crate) most: f64,
}

impl Spread {
    /// Of an odd number of values.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        assert!(values.len() % 2 == 1, "{} values have no middle", values.len());
        values.sort_by(f64::total_cmp);
        let last = values.len() - 1;
        Self { median: values[last / 2], least: values[0], most: values[last] }
    }

    /// The form for `--json`.
    pub(crate) fn json(&self) -> Value {
        json!({ "median": self.median, "least": self.least, "most": self.most })
    }
}

/// What `measure` says of each of the `subjects` in each of the `rounds` but the first, which finds
/// cold caches: a list for each subject.
pub(crate) fn interleaved<S, M>(
    subjects: &[S],
    rounds: usize,
    mut measure: impl FnMut(&S) -> Result<M>,
) -> Result<Vec<Vec<M>>> {
    let mut measured: Vec<Vec<M>> = subjects.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds {
        for (subject, own) in subjects.iter().zip(&mut measured) {
            let found = measure(subject)?;
            if round > 0 {
                own.push(found);
            }
        }
    }
    Ok(measured)
}

/// How long `work` takes, on average of `times`, and what it made. What it makes is thrown away
/// outside of the time.
pub(crate) fn time<T>(times: u32, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut once = || {
        let start = Instant::now();
        let made = black_box(work());
        (start.elapsed(), made)
    };
    let rest: Duration = (1..times).map(|_| once().0).sum();
    let (last, made) = once();
    ((rest + last) / times, made)
}
