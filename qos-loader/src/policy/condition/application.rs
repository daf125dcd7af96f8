//! Programs.

mod notation;

use core::fmt;
use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::PathBuf,
};

/// A program, by where it is or by what it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Application {
    /// The absolute path of an executable.
    Path(PathBuf),
    /// The file name of executables in any folder.
    Name(OsString),
}

impl Application {
    /// A path or a name as policies write it: `\xNN` is a byte, `\\` a backslash. `None` for any
    /// other backslash, and for what [`Self::from_bytes`] refuses.
    pub fn new(text: &str) -> Option<Self> {
        Self::from_bytes(notation::read(text)?)
    }

    /// Whether a policy that says so means a program of Windows.
    pub fn is_of_windows(text: &str) -> bool {
        notation::is_of_windows(text)
    }

    /// A path if it starts with `/`, else a name; `None` for what is neither: a relative path, or a
    /// path with empty, `.` or `..` elements.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let proper = |element: &[u8]| !matches!(element, b"" | b"." | b"..");
        let (is_path, rest) = match bytes.strip_prefix(b"/") {
            Some(rest) => (true, rest),
            None => (false, bytes.as_slice()),
        };
        let mut elements = rest.split(|byte| *byte == b'/');
        if !elements.all(proper) || !is_path && rest.contains(&b'/') {
            return None;
        }
        let text = OsString::from_vec(bytes);
        Some(if is_path { Self::Path(text.into()) } else { Self::Name(text) })
    }

    /// The path or the name.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Path(path) => path.as_os_str().as_bytes(),
            Self::Name(name) => name.as_bytes(),
        }
    }

    /// The elements of the path from the root down, or the name alone.
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        let bytes = self.bytes();
        bytes.strip_prefix(b"/").unwrap_or(bytes).split(|byte| *byte == b'/')
    }

    /// The file name of the executable.
    pub fn file_name(&self) -> &OsStr {
        OsStr::from_bytes(self.elements().next_back().unwrap_or_default())
    }

    /// Executables of the same file name, in any folder.
    #[must_use]
    pub fn by_name(&self) -> Self {
        Self::Name(self.file_name().to_owned())
    }

    /// Whether every program that `other` names is one that this names.
    pub fn covers(&self, other: &Self) -> bool {
        match self {
            Self::Path(_) => self == other,
            Self::Name(name) => name == other.file_name(),
        }
    }
}

impl fmt::Display for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&notation::text(self.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_elements_and_the_last_is_the_files_name() {
        let path = Application::new("/opt/b\\xfcro/caf\u{e9}").unwrap();
        let elements: Vec<&[u8]> = path.elements().collect();
        assert_eq!(elements, [b"opt".as_slice(), b"b\xfcro", "caf\u{e9}".as_bytes()]);
        let name = Application::new("caf\u{e9}").unwrap();
        assert_eq!(name.elements().collect::<Vec<_>>(), ["caf\u{e9}".as_bytes()]);
        assert_eq!(name.file_name(), path.file_name());
        assert!(name.covers(&path) && !path.covers(&name));
    }

    #[test]
    fn names_differ_by_their_bytes() {
        let [text, latin] = ["caf\u{e9}", "caf\\xe9"].map(|text| Application::new(text).unwrap());
        assert!(!text.covers(&latin) && !latin.covers(&text));
        assert_eq!(Application::new("caf\\xc3\\xa9"), Some(text));
        assert_eq!(Application::from_bytes(b"caf\xe9".to_vec()), Some(latin));
    }

    #[test]
    fn escapes_write_no_elements() {
        for wrong in ["/\\x2e", "\\x2e\\x2e", "/a\\x2fb", "a\\x2fb", "a\\x00", "/a/\\", "a\\n"] {
            assert_eq!(Application::new(wrong), None, "{wrong}");
        }
    }
}
