//! Notices that a policy file changed, also where an editor or Kubernetes puts a new file or link in
//! its place: the folders are watched.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{Event, EventKind};

use super::watch::Watch;
use crate::{error::Result, policy::source::Sources};

/// Watches what `sources` name; a folder that is not there is not watched.
pub(super) fn watch(sources: &Sources) -> Result<Watch> {
    let files = sources.files.clone();
    let mut watch = Watch::new(Duration::from_millis(100), move |event| concerns(event, &files))?;
    watch.follow(&folders(sources));
    Ok(watch)
}

/// The folders that `sources` name, and those of the files that they name.
fn folders(sources: &Sources) -> BTreeSet<PathBuf> {
    let folder = |path: &PathBuf| match path.parent() {
        _ if path.is_dir() => path.clone(),
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let named = sources.files.iter().filter(|file| *file != Path::new("-")).map(folder);
    let directories = sources.directories.iter().filter(|path| path.is_dir()).cloned();
    directories.chain(named).collect()
}

/// Whether `event` changes a file that is or may be one of ours. Reading them is no change.
fn concerns(event: &Event, files: &[PathBuf]) -> bool {
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        let is_policy_file = path.extension().is_some_and(|extension| extension == "toml");
        // `..data` is the link by which Kubernetes replaces all files of a volume at once.
        is_policy_file
            || name == "..data"
            || files.iter().any(|file| file.file_name() == Some(name))
    };
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(ours)
}
