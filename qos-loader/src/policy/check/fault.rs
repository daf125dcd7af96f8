//! What is wrong with a value.

use crate::diagnostic::{Diagnostic, Place};
use crate::events;
use crate::policy::parse::Value;

/// What is wrong with a value, wherever it stands, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in one line.
    pub message: String,
    /// What would be right.
    pub hints: Vec<String>,
    event: Option<u16>,
}

impl Fault {
    /// A fault that is no unreadable value.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), event: None }
    }

    /// A value that can't be read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(message).with_event(events::UNREADABLE_FIELD)
    }

    /// A number that `what` can't be.
    pub fn no(number: i64, what: &str) -> Self {
        // What digits write is no larger than this.
        let number = if number == i64::MAX { "so large a number" } else { &number.to_string() };
        Self::unreadable(format!("{number} is no {what}"))
    }

    /// A value of the wrong type.
    pub fn wrong_type(right: &str, value: &Value) -> Self {
        Self::unreadable(format!("{right} was expected, this is {}", value.type_name()))
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

    /// The finding of this fault at `place`.
    pub fn at(self, place: Place) -> Diagnostic {
        let Self { message, hints, event } = self;
        Diagnostic { hints, event, ..Diagnostic::error(place, message) }
    }
}
