//! What people and programs are told.

use core::time::Duration;

use qos_loader::output::table::table;
use serde_json::{Map, Value, json};

use crate::{
    rounds::Spread,
    way::{Measured, Subject},
};

/// How long the largest set may take from its text to the image, in seconds.
const LIMIT: f64 = 0.5;

/// A title, and what stands below it.
type Column = (&'static str, fn(&Measured) -> Duration);

/// What is shown of a round: the floor, the steps, and all steps together.
const COLUMNS: [Column; 5] = [
    ("toml", |round| round.toml),
    ("read", |round| round.read),
    ("rank", |round| round.rank),
    ("compile", |round| round.compile),
    ("all", Measured::all),
];

/// What was measured of each set, the largest last.
pub(crate) struct Report<'a>(Vec<Row<'a>>);

struct Row<'a> {
    subject: &'a Subject,
    /// In the order of [`COLUMNS`], in seconds.
    columns: [Spread; COLUMNS.len()],
    /// All steps by the floor of the same round.
    ratio: Spread,
}

impl<'a> Report<'a> {
    /// Of the rounds that were `measured` of each of the `subjects`.
    pub(crate) fn new(subjects: &'a [Subject], measured: &[Vec<Measured>]) -> Self {
        let row = |(subject, rounds): (&'a Subject, &Vec<Measured>)| Row {
            subject,
            columns: COLUMNS
                .map(|(_, of)| Spread::of(rounds.iter().map(|round| of(round).as_secs_f64()))),
            ratio: Spread::of(rounds.iter().map(Measured::ratio)),
        };
        Self(subjects.iter().zip(measured).map(row).collect())
    }

    /// The form for people.
    pub(crate) fn text(&self) -> String {
        let mut titles = vec!["policies", "rules", "text KiB", "image KiB"];
        titles.extend(COLUMNS.map(|(title, _)| title));
        titles.push("all / toml");
        let right: Vec<usize> = (0..titles.len()).collect();
        let table = table(&titles, &right, self.0.iter().map(Row::cells).collect());
        let (policies, took) = self.largest();
        let verdict = if self.is_fast_enough() { "below" } else { "MORE than" };
        format!(
            "{table}\n\nms, the median of the rounds (least to most); `toml` is the toml crate reading the same text\n\
             {policies} policies take {took:.3} s from text to image, {verdict} the limit of {LIMIT} s"
        )
    }

    /// The form for `--json`: durations in seconds.
    pub(crate) fn json(&self) -> Value {
        let sets: Vec<Value> = self.0.iter().map(Row::json).collect();
        let (policies, took) = self.largest();
        let is_fast_enough = self.is_fast_enough();
        let limit =
            json!({ "policies": policies, "took": took, "limit": LIMIT, "kept": is_fast_enough });
        json!({ "sets": sets, "limit": limit })
    }

    /// Whether the largest set keeps the limit.
    pub(crate) fn is_fast_enough(&self) -> bool {
        self.largest().1 < LIMIT
    }

    /// The size of the largest set, and how long it takes.
    fn largest(&self) -> (usize, f64) {
        let row = self.0.last().expect("there are sets");
        let [.., all] = &row.columns;
        (row.subject.policies, all.median)
    }
}

impl Row<'_> {
    fn cells(&self) -> Vec<String> {
        let subject = self.subject;
        let kib = |bytes: usize| bytes.div_ceil(1024);
        let sizes =
            [subject.policies, subject.rules, kib(subject.text_bytes()), kib(subject.image_bytes)];
        let mut cells: Vec<String> = sizes.map(|size| size.to_string()).to_vec();
        cells.extend(self.columns.iter().map(|spread| spread.text(1_000.0)));
        cells.push(self.ratio.text(1.0));
        cells
    }

    fn json(&self) -> Value {
        let columns = COLUMNS.iter().zip(&self.columns);
        let seconds: Map<String, Value> =
            columns.map(|((title, _), spread)| ((*title).to_owned(), spread.json())).collect();
        json!({
            "policies": self.subject.policies,
            "rules": self.subject.rules,
            "text_bytes": self.subject.text_bytes(),
            "image_bytes": self.subject.image_bytes,
            "seconds": seconds,
            "ratio": self.ratio.json(),
        })
    }
}
