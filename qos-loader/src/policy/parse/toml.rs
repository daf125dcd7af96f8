//! TOML documents.

mod hint;

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeString, DeTable, DeValue};

use super::{Document, Entry, RawPolicy, Value};
use crate::diagnostic::{Diagnostic, Diagnostics, Text};
use crate::policy::check::key;

const POLICY_HEADER: &str = "write `[[policy]]` above the keys of each policy";

/// Reads a TOML document. If its syntax is wrong, then the first syntax error of each line is
/// reported and it says nothing, because what is left of it may mean something else.
pub(super) fn file(text: &Text, diagnostics: &mut Diagnostics) -> Document {
    let (root, mut errors) = DeTable::parse_recoverable(&text.content);
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let mut lines = BTreeSet::new();
    for error in errors.iter().map(|error| syntax_error(text, error)) {
        // The others of a line are mostly what follows from the first.
        if lines.insert(error.place.line) {
            diagnostics.push(error);
        }
    }
    if errors.is_empty() {
        document(text, root.get_ref(), diagnostics)
    } else {
        Document::default()
    }
}

fn syntax_error(text: &Text, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or_default();
    let message = error.message().trim_end_matches(", expected nothing");
    Diagnostic::error(text.place(&span), format!("this is no TOML: {message}")).hinted(hint::of(
        message,
        &text.content,
        &span,
    ))
}

fn document(text: &Text, root: &DeTable<'_>, diagnostics: &mut Diagnostics) -> Document {
    let mut document = Document::default();
    for (key, value) in root {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("version", _) => document.version = Some(spanned(value)),
            ("settings", DeValue::Table(table)) => document.settings = entries(table),
            ("policy", DeValue::Array(array)) => {
                document.policies = policies(text, array, diagnostics);
            }
            ("settings", _) => {
                let message = format!("`settings` is a table, this is {}", type_name(value));
                let error = Diagnostic::error(text.place(&value.span()), message);
                diagnostics.push(error.hinted("write `[settings]` and the keys below it"));
            }
            ("policy", _) => {
                let message = format!("`policy` is a list of tables, this is {}", type_name(value));
                let error = Diagnostic::error(text.place(&value.span()), message);
                diagnostics.push(error.hinted(POLICY_HEADER));
            }
            (unknown, other) => {
                let is_table = if let DeValue::Array(list) = other {
                    list.iter().any(|one| one.get_ref().is_table())
                } else {
                    other.is_table()
                };
                diagnostics.push(key::unknown_at_top(text.place(&key.span()), unknown, is_table));
            }
        }
    }
    document
}

fn policies(text: &Text, array: &DeArray<'_>, diagnostics: &mut Diagnostics) -> Vec<RawPolicy> {
    let mut policies = Vec::new();
    for element in array {
        if let DeValue::Table(table) = element.get_ref() {
            let header = element.span();
            policies.push(RawPolicy { header, entries: entries(table), default_name: None });
        } else {
            let message = format!("a policy is a table, not {}", type_name(element));
            let error = Diagnostic::error(text.place(&element.span()), message);
            diagnostics.push(error.hinted(POLICY_HEADER));
        }
    }
    policies
}

/// The keys in the order in which they stand.
fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let entry = |(key, at): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| Entry {
        key: Spanned::new(key.span(), key.get_ref().to_string()),
        value: spanned(at),
    };
    let mut entries: Vec<Entry> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.key.span().start);
    entries
}

fn type_name(of: &Spanned<DeValue<'_>>) -> &'static str {
    value(of).type_name()
}

fn value(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => integer(number),
        DeValue::Array(array) => Value::List(array.iter().map(spanned).collect()),
        DeValue::Float(_) => Value::Other("a fraction"),
        DeValue::Boolean(boolean) => Value::Boolean(*boolean),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Table(_) => Value::Other("a table"),
    }
}

fn spanned(element: &Spanned<DeValue<'_>>) -> Spanned<Value> {
    Spanned::new(element.span(), value(element))
}

fn integer(number: &DeInteger<'_>) -> Value {
    match i64::from_str_radix(number.as_str(), number.radix()) {
        Ok(number) => Value::Integer(number),
        Err(_) => Value::Other("a number of more than 64 bits"),
    }
}
