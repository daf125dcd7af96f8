//! What would be right where a text is no TOML.

use core::ops::Range;

use crate::diagnostic::quoted;

const KEY_VALUE: &str = "write `key = value`, such as `dscp = 46`";
const ONE_A_LINE: &str =
    "write each `key = value` on a line of its own, and nothing behind it but a `#` comment";
const TABLE: &str = "write `[settings]` or `[[policy]]`";
const ESCAPE: &str = "write a backslash as `\\\\`, or the text in single quotation marks";
const LINE_ENDS: &str = "a line ends with a line feed; a carriage return may stand only before one";

/// `message` is what the parser says of the bytes `span` of `text`.
pub(super) fn of(message: &str, text: &str, span: &Range<usize>) -> String {
    let has = |part: &str| message.contains(part);
    let start = text.floor_char_boundary(span.start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].trim_start();
    let marked = text[start..].chars().next();
    if line.starts_with("//") {
        "a comment starts with `#`".to_owned()
    } else if has("duplicate key") {
        duplicate(line).to_owned()
    } else if ["must be quoted", "boolean", "float", "integer", "time", "date"].into_iter().any(has)
    {
        unquoted(word(text, span))
    } else if has("escaped value") {
        ESCAPE.to_owned()
    } else if has("string") {
        match marked.filter(|one| one.is_control() && *one != '\n') {
            Some(control) => format!("write the character as `\\u{:04X}`", u32::from(control)),
            None => "its closing quotation mark is missing".to_owned(),
        }
    } else if has("unquoted key") || has("key with no value") {
        match marked.filter(|one| !one.is_ascii()) {
            Some(one) => format!("`{one}` is U+{:04X}; keys are of ASCII letters", u32::from(one)),
            None => KEY_VALUE.to_owned(),
        }
    } else {
        of_structure(has).to_owned()
    }
}

fn of_structure(has: impl Fn(&str) -> bool) -> &'static str {
    if has("unexpected key or value") {
        ONE_A_LINE
    } else if has("unclosed table") || has("unclosed array table") {
        TABLE
    } else if has("comma") {
        "write one comma between two values: [1, 2]"
    } else if has("unclosed array") {
        "write `]` behind the last value of a list"
    } else if has("carriage return") {
        LINE_ENDS
    } else if has("recurs") {
        "no key takes lists of lists"
    } else if has("leading zero") {
        "write the number without the zero"
    } else {
        "https://toml.io describes the syntax of the file"
    }
}

fn duplicate(line: &str) -> &'static str {
    if line.starts_with("[policy") {
        "write `[[policy]]` above the keys of each policy"
    } else if line.starts_with('[') {
        "a table stands only once: write its keys together"
    } else {
        "a key stands only once; several values are a list: [1, 2]"
    }
}

/// The whole of the value of which `span` is a part.
fn word<'a>(text: &'a str, span: &Range<usize>) -> &'a str {
    let ends = |one: char| " \t\r\n,=[]{}#".contains(one);
    let start = text[..span.start].rfind(ends).map_or(0, |end| end + 1);
    let end = text[span.start..].find(ends).map_or(text.len(), |length| span.start + length);
    &text[start..end]
}

fn unquoted(word: &str) -> String {
    let plain = word.trim_matches(['“', '”', '„', '‘', '’', '‚', '«', '»']);
    let lower = word.to_ascii_lowercase();
    if plain != word {
        format!("write plain quotation marks: {}", quoted(plain))
    } else if let Some(blank) = word.chars().find(|one| one.is_whitespace()) {
        format!("write a space instead of the character U+{:04X}", u32::from(blank))
    } else if lower == "true" || lower == "false" {
        format!("did you mean {lower}?")
    } else if word.ends_with(';') {
        "leave out the `;`".to_owned()
    } else {
        format!("write it in quotation marks: {}", quoted(word))
    }
}
