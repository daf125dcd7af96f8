//! As much of a file's text as a message has room for.

/// The most characters of a text that a message repeats.
const LONGEST: usize = 60;

/// The start of `text`, and all of it if it is short.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The same in quotation marks, with the escapes of TOML.
pub fn quoted(text: &str) -> String {
    let escaped = |one: char| match one {
        '"' | '\\' => format!("\\{one}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
        _ => one.to_string(),
    };
    format!("\"{}\"", shortened(text).chars().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_two_characters() {
        assert_eq!(quoted(&"\u{e4}".repeat(LONGEST)).chars().count(), LONGEST + 2);
        let cut = shortened(&"\u{e4}".repeat(100_000));
        assert_eq!(cut, format!("{}…", "\u{e4}".repeat(LONGEST)));
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(quoted("\u{1b}[31m\""), r#""\u001B[31m\"""#);
    }
}
