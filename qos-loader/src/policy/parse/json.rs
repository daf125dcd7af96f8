//! JSON documents, as `show --json` prints them: a policy has the keys of the file, a DSCP is an
//! object, and what tells people where a policy stood is passed over.

mod value;

use std::collections::BTreeSet;

use jsonc_parser::ast::{self, Object, ObjectProp};
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, ParseResult, parse_to_ast};
use toml::Spanned;

use super::{Document, Entry, RawPolicy};
use crate::diagnostic::{Diagnostic, Diagnostics, Text, shortened};
use crate::policy::check::key;
use value::{dscp, kind, name_span, span, value};

/// The keys of the document; `settings_from` says where each setting stood.
const TOP_LEVEL: [&str; 4] = ["version", "settings", "settings_from", "policies"];

/// What `show --json` says of a policy beside its keys.
const ABOUT: [&str; 7] = ["layer", "file", "line", "rank", "place", "replaced", "wmm"];

/// JSON as RFC 8259 has it, without what editors allow beside.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a JSON document. If its syntax is wrong, then that is reported and it says nothing.
pub(super) fn file(text: &Text, diagnostics: &mut Diagnostics) -> Document {
    match parse_to_ast(&text.content, &CollectOptions::default(), &STRICT) {
        Ok(ParseResult { value: Some(ast::Value::Object(root)), .. }) => {
            document(text, &root, diagnostics)
        }
        Ok(ParseResult { value, .. }) => {
            let (span, kind) =
                value.as_ref().map_or((0..0, "nothing"), |one| (span(one), kind(one)));
            let message = format!("a policy file in JSON is an object, not {kind}");
            diagnostics.push(Diagnostic::error(text.place(&span), message).hinted(POLICIES));
            Document::default()
        }
        Err(error) => {
            let place = text.place(&(error.range().start..error.range().end));
            let mut what = error.kind().to_string();
            what.get_mut(..1).map(str::make_ascii_lowercase);
            let found = Diagnostic::error(place, format!("this is no JSON: {what}"));
            let of_quotes = matches!(
                error.kind(),
                ParseErrorKind::UnexpectedToken | ParseErrorKind::SingleQuotedStringsNotAllowed
            );
            diagnostics.push(found.hinted(if of_quotes {
                "texts stand in double quotation marks"
            } else {
                "a file that starts with `{` is read as JSON"
            }));
            Document::default()
        }
    }
}

const POLICIES: &str = "write `{ \"policies\": [{ \"name\": \"backup\", \"dscp\": 8 }] }`";

fn document(text: &Text, root: &Object<'_>, diagnostics: &mut Diagnostics) -> Document {
    let mut document = Document::default();
    for property in once_each(text, root, diagnostics) {
        match (property.name.as_str(), &property.value) {
            ("version", version) => document.version = Some(value(version)),
            ("settings", ast::Value::Object(table)) => {
                document.settings = entries(text, table, &[], diagnostics);
            }
            ("settings_from", _) => {}
            ("policies", ast::Value::Array(list)) => {
                document.policies = policies(text, list, diagnostics);
            }
            ("settings", other) => {
                let message = format!("`settings` is an object, this is {}", kind(other));
                let error = Diagnostic::error(text.place(&span(other)), message);
                diagnostics.push(error.hinted("write `{ \"shaper\": \"auto\" }`"));
            }
            ("policies", other) => {
                let message = format!("`policies` is a list of objects, this is {}", kind(other));
                diagnostics
                    .push(Diagnostic::error(text.place(&span(other)), message).hinted(POLICIES));
            }
            (unknown, _) => {
                let place = text.place(&name_span(property));
                diagnostics.push(key::unknown(unknown, &TOP_LEVEL).at(place));
            }
        }
    }
    document
}

/// The policies, the one that stood first by its `place` first.
fn policies(text: &Text, list: &ast::Array<'_>, diagnostics: &mut Diagnostics) -> Vec<RawPolicy> {
    let mut policies = Vec::new();
    let mut place = 0;
    for element in &list.elements {
        if let ast::Value::Object(object) = element {
            // Without a place it stands behind the one before it.
            place = self::place(text, object, diagnostics).unwrap_or(place);
            let entries = entries(text, object, &ABOUT, diagnostics);
            let header = span(element);
            let policy =
                RawPolicy { header: header.start..header.start + 1, entries, default_name: None };
            policies.push((place, policy));
        } else {
            let message = format!("a policy is an object, not {}", kind(element));
            diagnostics
                .push(Diagnostic::error(text.place(&span(element)), message).hinted(POLICIES));
        }
    }
    policies.sort_by_key(|(place, _)| *place);
    policies.into_iter().map(|(_, policy)| policy).collect()
}

/// The place that a policy had in its set, if it says one.
fn place(text: &Text, policy: &Object<'_>, diagnostics: &mut Diagnostics) -> Option<u64> {
    let place = &policy.get("place")?.value;
    let number = place.as_number_lit().and_then(|number| number.value.parse().ok());
    if number.is_none() {
        let error = Diagnostic::error(text.place(&span(place)), "`place` is a whole number");
        diagnostics.push(error.hinted("leave it out: then the one that stands first wins"));
    }
    number
}

/// The keys of an object but `left_out`.
fn entries(
    text: &Text,
    object: &Object<'_>,
    left_out: &[&str],
    diagnostics: &mut Diagnostics,
) -> Vec<Entry> {
    let entry = |property: &ObjectProp<'_>| {
        let name = property.name.as_str().to_owned();
        let value = if name == "dscp" { dscp(&property.value) } else { value(&property.value) };
        Entry { key: Spanned::new(name_span(property), name), value }
    };
    once_each(text, object, diagnostics)
        .into_iter()
        .filter(|property| !left_out.contains(&property.name.as_str()))
        .map(entry)
        .collect()
}

/// The properties of an object; each that repeats another's name is reported and left out.
fn once_each<'a, 'b>(
    text: &Text,
    object: &'b Object<'a>,
    diagnostics: &mut Diagnostics,
) -> Vec<&'b ObjectProp<'a>> {
    let mut once = Vec::new();
    let mut names = BTreeSet::new();
    for property in &object.properties {
        let name = property.name.as_str();
        if names.insert(name) {
            once.push(property);
        } else {
            let message = format!("`{}` is here already", shortened(name));
            let error = Diagnostic::error(text.place(&name_span(property)), message);
            diagnostics.push(error.hinted("a key stands only once; several values are a list"));
        }
    }
    once
}
