//! Programs.

use core::fmt;

/// A program, by where it is or by what it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Application {
    /// The absolute path of an executable.
    Path(String),
    /// The file name of executables in any folder.
    Name(String),
}

impl Application {
    /// A path if it starts with `/`, else a name; `None` for what is neither: a relative path, or a
    /// path with empty, `.` or `..` elements.
    pub fn new(text: &str) -> Option<Self> {
        let proper = |element: &str| !matches!(element, "" | "." | "..");
        match text.strip_prefix('/') {
            Some(rest) => rest.split('/').all(proper).then(|| Self::Path(text.to_owned())),
            None => (proper(text) && !text.contains('/')).then(|| Self::Name(text.to_owned())),
        }
    }

    /// The file name of the executable.
    pub fn file_name(&self) -> &str {
        match self {
            Self::Path(path) => path.rsplit('/').next().unwrap_or(path),
            Self::Name(name) => name,
        }
    }

    /// Executables of the same file name, in any folder.
    #[must_use]
    pub fn by_name(&self) -> Self {
        Self::Name(self.file_name().to_owned())
    }

    /// As the kernel writes it.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Path(text) | Self::Name(text) => text.clone().into_bytes(),
        }
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
        match self {
            Self::Path(text) | Self::Name(text) => f.write_str(text),
        }
    }
}
