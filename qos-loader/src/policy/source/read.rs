//! Files as texts.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::diagnostic::{Diagnostic, Diagnostics, Text};
use crate::error::Result;

/// A file of 10,000 policies has about one.
const MAX_BYTES: u64 = 64 << 20;

pub(super) fn file(path: &Path) -> Result<Text> {
    let context = || format!("can't read {}", path.display());
    let file = fs::File::open(path).with_context(context)?;
    text(path.to_owned(), at_most(file).with_context(context)?)
}

pub(super) fn standard_input() -> Result<Text> {
    text("-".into(), at_most(io::stdin().lock()).context("can't read standard input")?)
}

/// The same of a file that stands in a directory: one that is no regular file, but for /dev/null,
/// could keep a reload waiting for ever.
pub(super) fn regular(path: &Path) -> Result<Text> {
    let context = || format!("can't read {}", path.display());
    let kind = fs::metadata(path).with_context(context)?.file_type();
    let null = fs::canonicalize(path).is_ok_and(|real| real == Path::new("/dev/null"));
    if kind.is_file() || null {
        return file(path);
    }
    let error = io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file");
    Err(error).with_context(context)?
}

/// All that can be read, unless it is more than any policies are.
fn at_most(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("it has more than {} MiB", MAX_BYTES >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
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
