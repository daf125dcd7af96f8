//! Where policies come from: the layers' directories, `--file` and `--policy`.

mod directory;
mod read;

use std::path::{Path, PathBuf};

use crate::diagnostic::Text;
use crate::error::{Error, Kind, Result};

/// The layers that every machine has, the lowest first.
pub const DEFAULT_DIRECTORIES: [&str; 3] =
    ["/usr/lib/qos-loader/policies.d", "/etc/qos-loader/policies.d", "/run/qos-loader/policies.d"];

/// What the file of a `--policy` argument is called.
pub const ARGUMENT: &str = "--policy";

/// Where a policy stands: what decides between policies that are equal in all else, and what
/// people are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// 0 is the lowest layer.
    pub layer: usize,
    /// The layer's name: a directory, `--file PATH` or `--policy`.
    pub layer_name: String,
    /// The file, or `-` for standard input, or `--policy`.
    pub file: PathBuf,
    /// The line of the file that names the policy, from 1.
    pub line: usize,
    /// The place in the layer, from 0: the one that stands first wins.
    pub place: usize,
}

/// What to read policies from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Directories of `*.toml`, each a layer, the lowest first. One that is missing is empty.
    pub directories: Vec<PathBuf>,
    /// Files, directories of `*.toml`, or `-` for standard input, each a layer above those.
    pub files: Vec<PathBuf>,
    /// Policies written as arguments, together the highest layer.
    pub arguments: Vec<String>,
}

/// Texts whose policies are of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// A directory, `--file PATH` or `--policy`.
    pub name: String,
    /// The form of the texts.
    pub form: Form,
    /// The texts in their order.
    pub texts: Vec<Text>,
}

/// How a text writes policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a TOML document.
    File,
    /// As an argument: one policy as `key=value,key=value`.
    Argument,
}

impl Sources {
    /// Reads all layers, the lowest first. Fails if a file can't be read, or is no UTF-8.
    pub fn read(&self) -> Result<Vec<Layer>> {
        let mut layers = directory::layers(&self.directories)?;
        let inputs = self.files.iter().filter(|file| is_standard_input(file)).count();
        if inputs > 1 {
            return Err(Error::usage("standard input can be read only once, but is named twice"));
        }
        for file in &self.files {
            layers.push(named(file)?);
        }
        if !self.arguments.is_empty() {
            let text = |argument: &String| Text::new(ARGUMENT, argument.clone());
            let texts = self.arguments.iter().map(text).collect();
            layers.push(Layer { name: ARGUMENT.to_owned(), form: Form::Argument, texts });
        }
        Ok(layers)
    }
}

fn is_standard_input(file: &Path) -> bool {
    file == Path::new("-")
}

/// The layer of a `--file` argument. The user named the file, so that it is missing is the
/// command line's mistake.
fn named(file: &Path) -> Result<Layer> {
    let texts = if is_standard_input(file) {
        vec![read::standard_input()?]
    } else if file.is_dir() {
        directory::files(file)?.iter().map(|one| read::regular(one)).collect::<Result<_>>()?
    } else {
        vec![read::file(file).map_err(|error| error.of_kind(Kind::Usage))?]
    };
    Ok(Layer { name: format!("--file {}", file.display()), form: Form::File, texts })
}
