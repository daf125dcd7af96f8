//! What is wrong with a policy set, shown at the place where it stands.

mod excerpt;
mod findings;
mod place;
mod render;

use serde_json::{Value, json};

pub use excerpt::{quoted, shortened};
pub use findings::Diagnostics;
pub use place::{Place, Text};

/// Whether a finding keeps the policy set from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The set can't be used.
    Error,
    /// The set can be used, but may not do what was meant.
    Warning,
}

impl Severity {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where it stands.
    pub place: Place,
    /// What would be right.
    pub hints: Vec<String>,
    /// Its number among the events of Policy-based QoS.
    pub event: Option<u16>,
}

impl Diagnostic {
    /// A mistake at `place`.
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { severity: Severity::Error, message, place, hints: Vec::new(), event: None }
    }

    /// A doubt about what stands at `place`.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place, message) }
    }

    /// The same with a hint more.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same as the event `number`.
    #[must_use]
    pub fn with_event(mut self, number: u16) -> Self {
        self.event = Some(number);
        self
    }

    /// The form for `--json`.
    pub fn to_json(&self) -> Value {
        json!({
            "severity": self.severity.name(),
            "event": self.event,
            "message": self.message,
            "file": self.place.file.display().to_string(),
            "line": self.place.line,
            "column": self.place.column,
            "hints": self.hints,
        })
    }
}
