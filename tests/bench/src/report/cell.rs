//! A value in a table.

use serde_json::Value;

use crate::rounds::Spread;

/// What stands in a table.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// What names a row.
    Text(String),
    /// What was counted.
    Count(u64),
    /// What was measured in several rounds.
    Measured(Spread, Unit),
    /// Not measured, for it can't be.
    Absent,
}

/// What a measured value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nanoseconds.
    Nanoseconds,
    /// Seconds, shown as milliseconds.
    Seconds,
    /// Bits a second, shown as Gbit/s.
    BitsPerSecond,
    /// Bytes, shown as MiB.
    Bytes,
    /// So many, shown without decimals.
    Whole,
    /// A ratio.
    Ratio,
}

impl Unit {
    /// How many of what is shown one is, and the decimals that are shown.
    const fn shown(self) -> (f64, usize) {
        match self {
            Self::Nanoseconds | Self::Whole => (1.0, 0),
            Self::Seconds => (1e3, 2),
            Self::BitsPerSecond => (1e-9, 2),
            Self::Bytes => (1.0 / 1_048_576.0, 2),
            Self::Ratio => (1.0, 3),
        }
    }

    /// `spread` with its unit's decimals: the median, and the least and the most.
    pub(crate) fn text(self, spread: &Spread) -> String {
        let (factor, decimals) = self.shown();
        let [median, least, most] =
            [spread.median, spread.least, spread.most].map(|value| value * factor);
        format!("{median:.decimals$} ({least:.decimals$}-{most:.decimals$})")
    }
}

impl Cell {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Measured(spread, unit) => unit.text(spread),
            Self::Absent => "–".to_owned(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.clone().into(),
            Self::Count(count) => (*count).into(),
            Self::Measured(spread, _) => spread.json(),
            Self::Absent => Value::Null,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
