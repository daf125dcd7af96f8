//! Texts as keys and values that remember where they stand. What the values mean is for
//! [`check`](super::check) to say.

mod argument;
mod json;
mod toml;

use core::slice;

use ::toml::Spanned;

use crate::diagnostic::{Diagnostics, Text};

pub use argument::argument;

/// Reads a file: TOML, or the JSON that `show --json` prints, which no TOML starts like.
pub fn file(text: &Text, diagnostics: &mut Diagnostics) -> Document {
    let start = text.content.trim_start();
    let inside_of_list = start.strip_prefix('[').map(str::trim_start);
    if start.starts_with('{') || inside_of_list.is_some_and(|inside| inside.starts_with('{')) {
        json::file(text, diagnostics)
    } else {
        toml::file(text, diagnostics)
    }
}

/// What a text says, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The version of the file's format, if it says one.
    pub version: Option<Spanned<Value>>,
    /// The keys under `[settings]`, as they stand.
    pub settings: Vec<Entry>,
    /// The policies, as they stand.
    pub policies: Vec<RawPolicy>,
}

/// The keys of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawPolicy {
    /// What opens it: `[[policy]]`, or the whole of an argument.
    pub header: core::ops::Range<usize>,
    /// The keys, as they stand.
    pub entries: Vec<Entry>,
    /// The name that it has if no key gives it one.
    pub default_name: Option<String>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Spanned<String>,
    /// The value.
    pub value: Spanned<Value>,
}

/// A value of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A text; all that an argument holds is one.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A list of values.
    List(Vec<Spanned<Self>>),
    /// A value of a type that no key takes, such as "a fraction".
    Other(&'static str),
}

impl Value {
    /// What people call its type.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Integer(_) => "a number",
            Self::Text(_) => "a text",
            Self::Boolean(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Other(name) => name,
        }
    }

    /// The number that it is, or that it writes in decimal digits.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => digits(text),
            Self::Boolean(_) | Self::List(_) | Self::Other(_) => None,
        }
    }
}

/// The number that `text` writes in nothing but decimal digits.
pub fn digits(text: &str) -> Option<i64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().unwrap_or(i64::MAX))
}

impl Entry {
    /// The elements of a list; a single value is its only element.
    pub fn elements(&self) -> &[Spanned<Value>] {
        match self.value.get_ref() {
            Value::List(elements) => elements,
            Value::Integer(_) | Value::Text(_) | Value::Boolean(_) | Value::Other(_) => {
                slice::from_ref(&self.value)
            }
        }
    }
}
