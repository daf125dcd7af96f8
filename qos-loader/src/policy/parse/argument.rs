//! `--policy` arguments: `name=backup,dscp=CS1,destination-port=80|443`.

use core::ops::Range;

use toml::Spanned;

use super::{Document, Entry, RawPolicy, Value};
use crate::diagnostic::{Diagnostic, Diagnostics, Text, shortened};

/// Reads the one policy of an argument. `unnamed` counts the policies without a name, which are
/// called `cli-1`, `cli-2` and so on.
pub fn argument(text: &Text, unnamed: &mut usize, diagnostics: &mut Diagnostics) -> Document {
    let mut entries: Vec<Entry> = Vec::new();
    for part in split(&text.content, 0..text.content.len(), ',') {
        let Some(entry) = entry(&text.content, part.clone()) else {
            diagnostics.mistake(|| {
                let error = Diagnostic::error(text.place(&part), "this is no `key=value`");
                error.hinted("write for instance `name=backup,dscp=CS1`")
            });
            continue;
        };
        if entries.iter().any(|other| other.key.get_ref() == entry.key.get_ref()) {
            diagnostics.mistake(|| {
                let message = format!("`{}` is here already", shortened(entry.key.get_ref()));
                let error = Diagnostic::error(text.place(&entry.key.span()), message);
                error.hinted("join the values of a list with `|`")
            });
        } else {
            entries.push(entry);
        }
    }
    let default_name = if entries.iter().any(|entry| entry.key.get_ref() == "name") {
        None
    } else {
        *unnamed += 1;
        Some(format!("cli-{unnamed}"))
    };
    let policy = RawPolicy { header: 0..text.content.len(), entries, default_name };
    Document { policies: vec![policy], ..Document::default() }
}

fn entry(text: &str, part: Range<usize>) -> Option<Entry> {
    let equals = part.start + text[part.clone()].find('=')?;
    let key = trim(text, part.start..equals);
    if key.is_empty() {
        return None;
    }
    let elements: Vec<Spanned<Value>> = split(text, equals + 1..part.end, '|')
        .map(|range| Spanned::new(range.clone(), Value::Text(text[range].to_owned())))
        .collect();
    let value = match <[_; 1]>::try_from(elements) {
        Ok([only]) => only,
        Err(elements) => Spanned::new(equals + 1..part.end, Value::List(elements)),
    };
    Some(Entry { key: Spanned::new(key.clone(), text[key].to_owned()), value })
}

/// The ranges of the parts of `range` between separators, without the blanks around them.
fn split(text: &str, range: Range<usize>, separator: char) -> impl Iterator<Item = Range<usize>> {
    let mut start = range.start;
    text[range].split(separator).map(move |part| {
        let own = start..start + part.len();
        start = own.end + separator.len_utf8();
        trim(text, own)
    })
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content: &str) -> (Document, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let text = Text::new("--policy", content.to_owned());
        let document = argument(&text, &mut 0, &mut diagnostics);
        (document, diagnostics)
    }

    #[test]
    fn keys_values_and_lists_know_their_place() {
        let content = "dscp=CS1, cgroup = /a=b ,destination-port=80|443";
        let (document, diagnostics) = parse(content);
        assert!(diagnostics.is_empty());
        let policy = &document.policies[0];
        assert_eq!(policy.default_name.as_deref(), Some("cli-1"));
        let written: Vec<(&str, Vec<&str>)> = policy
            .entries
            .iter()
            .map(|entry| {
                let texts = entry.elements().iter().map(|element| &content[element.span()]);
                (&content[entry.key.span()], texts.collect())
            })
            .collect();
        assert_eq!(
            written,
            [
                ("dscp", vec!["CS1"]),
                ("cgroup", vec!["/a=b"]),
                ("destination-port", vec!["80", "443"])
            ]
        );
    }

    #[test]
    fn every_part_that_is_no_key_and_value_is_reported() {
        let (_, diagnostics) = parse("name=a,,dscp,=1,name=b");
        let columns: Vec<usize> = diagnostics.iter().map(|one| one.place.column).collect();
        assert_eq!(columns, [8, 9, 14, 17]);
    }
}
