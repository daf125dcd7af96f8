//! Files as texts.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::diagnostic::{Diagnostic, Diagnostics, Text};
use crate::error::Result;

pub(super) fn file(path: &Path) -> Result<Text> {
    let bytes = fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
    text(path.to_owned(), bytes)
}

pub(super) fn standard_input() -> Result<Text> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).context("can't read standard input")?;
    text("-".into(), bytes)
}

fn text(file: PathBuf, bytes: Vec<u8>) -> Result<Text> {
    match String::from_utf8(bytes) {
        // An editor's byte order mark is no character of line 1.
        Ok(content) => {
            let content = content.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(content);
            Ok(Text::new(file, content))
        }
        Err(error) => {
            let wrong = error.utf8_error().valid_up_to();
            let content = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let place = Text::new(file, content).place(&(wrong..wrong + '\u{fffd}'.len_utf8()));
            let diagnostic = Diagnostic::error(place, "this is no UTF-8 text")
                .hinted("save the file as UTF-8; `iconv -t UTF-8` converts it");
            Err(Diagnostics::from(diagnostic).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_is_shown_at_the_first_wrong_byte() {
        let error =
            text("a.toml".into(), b"[[policy]]\nname = \"B\xfcro\"\n".to_vec()).unwrap_err();
        let place = &error.diagnostics().unwrap().iter().next().unwrap().place;
        assert_eq!((place.line, place.column), (2, 10));
        assert_eq!(place.source_line, "name = \"B\u{fffd}ro\"");
    }

    #[test]
    fn a_byte_order_mark_is_left_out() {
        assert_eq!(text("a.toml".into(), b"\xef\xbb\xbfa".to_vec()).unwrap().content, "a");
    }
}
