//! Directories of policy files. As systemd has it, an empty file, or a link to /dev/null, masks
//! the files of its name in the directories below.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context as _;

use super::{Form, Layer, read};
use crate::error::Result;

/// The layers of the default directories, the lowest first.
pub(super) fn layers(directories: &[PathBuf]) -> Result<Vec<Layer>> {
    let mut masked: BTreeSet<OsString> = BTreeSet::new();
    let mut layers = Vec::new();
    for directory in directories.iter().rev() {
        let mut texts = Vec::new();
        for file in files(directory)? {
            let name = file.file_name().unwrap_or_default().to_owned();
            if masked.contains(&name) {
                continue;
            }
            let text = read::regular(&file)?;
            if text.content.is_empty() {
                masked.insert(name);
            } else {
                texts.push(text);
            }
        }
        layers.push(Layer { name: directory.display().to_string(), form: Form::File, texts });
    }
    layers.reverse();
    Ok(layers)
}

/// The `*.toml` of a directory, sorted by name; none if there is no such directory.
pub(super) fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let context = || format!("can't read the directory {}", directory.display());
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(context)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(context)?.path();
        // Editors keep hidden copies beside the file.
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn each_directory_is_a_layer_and_masks_what_is_below() {
        let root = tempfile::tempdir().unwrap();
        let [low, middle, high] = ["low", "middle", "high"].map(|name| root.path().join(name));
        fs::create_dir(&low).unwrap();
        fs::create_dir(&high).unwrap();
        for name in ["b.toml", "a.toml", "masked.toml", "dev-null.toml", "no.txt", ".a.toml"] {
            fs::write(low.join(name), name).unwrap();
        }
        fs::write(high.join("masked.toml"), "").unwrap();
        symlink("/dev/null", high.join("dev-null.toml")).unwrap();
        fs::write(high.join("z.toml"), "z").unwrap();

        let layers = layers(&[low, middle, high]).unwrap();
        let contents = |layer: &Layer| -> Vec<String> {
            layer.texts.iter().map(|text| text.content.clone()).collect()
        };
        assert_eq!(contents(&layers[0]), ["a.toml", "b.toml"]);
        assert!(layers[1].texts.is_empty(), "a missing directory is an empty layer");
        assert_eq!(contents(&layers[2]), ["z"]);
    }
}
