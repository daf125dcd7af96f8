//! What a figure has to be.

use serde_json::{Value, json};

use super::Unit;
use crate::rounds::Spread;

/// A measured figure and its bound.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// What was measured, against what.
    pub(crate) what: String,
    pub(crate) measured: Spread,
    pub(crate) unit: Unit,
    pub(crate) bound: Bound,
}

/// Where the median has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    /// A figure that may not be larger.
    pub(crate) fn at_most(limit: f64, what: String, measured: Spread, unit: Unit) -> Self {
        Self { what, measured, unit, bound: Bound::AtMost(limit) }
    }

    /// A figure that may not be smaller.
    pub(crate) fn at_least(limit: f64, what: String, measured: Spread, unit: Unit) -> Self {
        Self { what, measured, unit, bound: Bound::AtLeast(limit) }
    }

    /// Whether the median is where it has to be.
    pub(crate) fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtMost(limit) => self.measured.median <= limit,
            Bound::AtLeast(limit) => self.measured.median >= limit,
        }
    }

    pub(crate) fn text(&self) -> String {
        let [what, measured, bound, verdict] = self.cells();
        format!("{verdict}: {what}: {measured}, {bound}")
    }

    /// What, measured, the bound, and whether it is met.
    pub(crate) fn cells(&self) -> [String; 4] {
        let limit =
            |limit: f64| self.unit.text(&Spread { median: limit, least: limit, most: limit });
        let limit = |value| limit(value).split(' ').next().unwrap_or_default().to_owned();
        let bound = match self.bound {
            Bound::AtMost(value) => format!("≤ {}", limit(value)),
            Bound::AtLeast(value) => format!("≥ {}", limit(value)),
        };
        let verdict = if self.is_met() { "met" } else { "NOT MET" };
        [self.what.clone(), self.unit.text(&self.measured), bound, verdict.to_owned()]
    }

    pub(crate) fn json(&self) -> Value {
        let (kind, limit) = match self.bound {
            Bound::AtMost(limit) => ("at-most", limit),
            Bound::AtLeast(limit) => ("at-least", limit),
        };
        json!({ "what": self.what, "measured": self.measured.json(), kind: limit, "met": self.is_met() })
    }
}
