//! What is wrong with a policy set, shown at the place where it stands.

mod excerpt;
mod place;
mod render;

use core::fmt;

use serde_json::{Value, json};

pub use excerpt::{quoted, shortened};
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

/// All findings of a policy set, in the order in which they stand in its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a finding at the end.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds the findings of one text, sorted by place.
    pub fn append_sorted(&mut self, mut of_one_text: Self) {
        of_one_text.0.sort_by_key(|diagnostic| (diagnostic.place.line, diagnostic.place.column));
        self.0.append(&mut of_one_text.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The findings.
    pub fn iter(&self) -> core::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many keep the set from being used.
    pub fn errors(&self) -> usize {
        self.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// The text for people: message, place, source line, a mark under it, and the hints. `styled`
    /// adds the escape sequences of a terminal.
    pub fn to_text(&self, styled: bool) -> String {
        let texts: Vec<String> = self.iter().map(|one| render::text(one, styled)).collect();
        texts.join("\n\n")
    }

    /// The list for `--json`.
    pub fn to_json(&self) -> Value {
        self.iter().map(Diagnostic::to_json).collect()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = core::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors() {
            1 => f.write_str("the policy set has 1 mistake"),
            mistakes => write!(f, "the policy set has {mistakes} mistakes"),
        }
    }
}

impl core::error::Error for Diagnostics {}
