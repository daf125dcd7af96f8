//! Places in the texts that policies are read from.

use core::iter;
use core::ops::Range;
use std::path::PathBuf;

/// The most bytes of a line that a place keeps on each side of where its mark starts: more than a
/// screen's width.
const CONTEXT: usize = 1000;

/// A text that policies are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its file, or `-` for standard input, or `--policy`.
    pub file: PathBuf,
    /// What it says.
    pub content: String,
    /// The offset of each line's first byte.
    line_starts: Vec<usize>,
}

impl Text {
    /// The text `content` of `file`.
    pub fn new(file: impl Into<PathBuf>, content: String) -> Self {
        let after_newlines = content.match_indices('\n').map(|(newline, _)| newline + 1);
        let line_starts = iter::once(0).chain(after_newlines).collect();
        Self { file: file.into(), content, line_starts }
    }

    /// The place of the bytes `span`.
    pub fn place(&self, span: &Range<usize>) -> Place {
        let start = self.content.floor_char_boundary(span.start);
        let end = self.content.ceil_char_boundary(span.end);
        let line = self.line_starts.partition_point(|line_start| *line_start <= start);
        let line_start = self.line_starts[line - 1];
        let source_line = self.content[line_start..].lines().next().unwrap_or_default();
        let line_end = line_start + source_line.len();
        // A line may be as long as the file.
        let from = self.content.floor_char_boundary(start.saturating_sub(CONTEXT)).max(line_start);
        let to = self.content.ceil_char_boundary(start + CONTEXT).min(line_end).max(from);
        let mark = |offset: usize| offset.clamp(from, to) - from;
        Place {
            file: self.file.clone(),
            line,
            column: self.content[line_start..start].chars().count() + 1,
            source_line: self.content[from..to].to_owned(),
            mark: mark(start)..mark(end.max(start)),
        }
    }
}

/// A place in a text, with the line to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The text's file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line without its end, or what of a very long one stands around the mark.
    pub source_line: String,
    /// The bytes of the line that are meant. What goes on over several lines is marked in the
    /// first.
    pub mark: Range<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_marks_count_bytes() {
        let content = "dscp = 1\r\n\u{e4}\u{e4} = [1,\r\n2]\r\n".to_owned();
        let text = Text::new("a.toml", content);
        let place = text.place(&(17..24));
        assert_eq!((place.line, place.column), (2, 6));
        assert_eq!(place.source_line, "\u{e4}\u{e4} = [1,");
        assert_eq!(&place.source_line[place.mark], "[1,");
    }

    #[test]
    fn a_very_long_line_is_kept_around_the_mark_alone() {
        let around = "\u{e4}".repeat(50_000);
        let text = Text::new("a.toml", format!("a\n{around}?{around}\nb\n"));
        let place = text.place(&(100_002..100_003));
        assert_eq!((place.line, place.column), (2, 50_001));
        assert_eq!(&place.source_line[place.mark], "?");
        assert!(place.source_line.len() < 3 * CONTEXT);
        let whole = text.place(&(2..200_003));
        assert_eq!(whole.mark, 0..whole.source_line.len());
    }

    #[test]
    fn the_end_of_the_text_has_a_place() {
        let text = Text::new("a.toml", "a = \n".to_owned());
        let place = text.place(&(5..9));
        assert_eq!((place.line, place.column, place.source_line.as_str()), (2, 1, ""));
        assert_eq!(place.mark, 0..0);
    }
}
