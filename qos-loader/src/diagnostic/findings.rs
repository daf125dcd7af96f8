//! All that is wrong with a policy set.

use core::fmt;

use serde_json::Value;

use super::{Diagnostic, Severity, render};

/// The most mistakes that are kept: who has more of them reads the first ones first.
const MOST_MISTAKES: usize = 200;

/// All findings of a policy set, in the order in which they stand in its files. Of very many
/// mistakes the first are kept, and the rest is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    mistakes: usize,
}

impl Diagnostics {
    /// Adds a finding at the end.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let is_mistake = diagnostic.severity == Severity::Error;
        if !is_mistake || self.mistakes < MOST_MISTAKES {
            self.found.push(diagnostic);
        }
        self.mistakes += usize::from(is_mistake);
    }

    /// Adds the mistake that `make` makes, or only counts it.
    pub fn mistake(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.mistakes < MOST_MISTAKES {
            self.push(make());
        } else {
            self.mistakes += 1;
        }
    }

    /// Adds the findings of `others` at the end.
    pub fn append(&mut self, others: Self) {
        let left_out = others.left_out();
        others.found.into_iter().for_each(|one| self.push(one));
        self.mistakes += left_out;
    }

    /// Adds the findings of one text, sorted by place.
    pub fn append_sorted(&mut self, mut of_one_text: Self) {
        let place = |one: &Diagnostic| (one.place.line, one.place.column);
        of_one_text.found.sort_by_key(place);
        self.append(of_one_text);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings that are kept.
    pub fn iter(&self) -> core::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// How many keep the set from being used.
    pub const fn errors(&self) -> usize {
        self.mistakes
    }

    fn left_out(&self) -> usize {
        self.mistakes.saturating_sub(MOST_MISTAKES)
    }

    /// The text for people: message, place, source line, a mark under it, and the hints. `styled`
    /// adds the escape sequences of a terminal.
    pub fn to_text(&self, styled: bool) -> String {
        let mut texts: Vec<String> = self.iter().map(|one| render::text(one, styled)).collect();
        if self.left_out() > 0 {
            texts.push(format!("… and {} more", self.left_out()));
        }
        texts.join("\n\n")
    }

    /// The list for `--json`.
    pub fn to_json(&self) -> Value {
        self.iter().map(Diagnostic::to_json).collect()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        let mut only = Self::default();
        only.push(one);
        only
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Text;

    #[test]
    fn of_very_many_mistakes_the_first_are_kept() {
        let text = Text::new("a.toml", "0".repeat(1000));
        let mut all = Diagnostics::default();
        for part in 0..2 {
            let mut own = Diagnostics::default();
            for column in (0..500).rev() {
                own.push(Diagnostic::error(text.place(&(column..column + 1)), part.to_string()));
            }
            own.push(Diagnostic::warning(text.place(&(0..1)), "doubt"));
            all.append_sorted(own);
        }
        assert_eq!(all.errors(), 1000);
        assert_eq!(all.iter().filter(|one| one.message == "0").count(), MOST_MISTAKES);
        assert_eq!(all.iter().filter(|one| one.message == "doubt").count(), 2);
        assert!(all.to_text(false).ends_with("… and 800 more"));
        assert_eq!(all.to_string(), "the policy set has 1000 mistakes");
    }
}
