//! Notices that a policy file changed, also where an editor or Kubernetes puts a new file or link in
//! its place: the folders are watched.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};
use tracing::warn;

use crate::{
    error::{Error, Result},
    policy::source::Sources,
};

/// How long nothing must happen before the files are read: a writer may not be done.
const QUIET: Duration = Duration::from_millis(100);

/// The folders that policies come from.
pub(super) struct PolicyFiles {
    changes: UnboundedReceiver<()>,
    /// Watches as long as it lives.
    _watcher: RecommendedWatcher,
}

impl PolicyFiles {
    /// Watches what `sources` name. Folders that are not there, or can't be watched, are not.
    pub(super) fn watch(sources: &Sources) -> Result<Self> {
        let files = sources.files.clone();
        let (sender, changes) = unbounded_channel();
        let notice = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| concerns(&event, &files)) {
                // Nobody listens once the loader stops.
                sender.send(()).ok();
            }
        };
        let mut watcher = notify::recommended_watcher(notice).map_err(failed)?;
        for folder in folders(sources) {
            if let Err(error) = watcher.watch(&folder, RecursiveMode::NonRecursive) {
                warn!("changes in {} will not be noticed: {error}", folder.display());
            }
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits for a change, and until its writer is done.
    pub(super) async fn changed(&mut self) {
        if self.changes.recv().await.is_none() {
            core::future::pending::<()>().await;
        }
        while timeout(QUIET, self.changes.recv()).await.is_ok_and(|more| more.is_some()) {}
    }
}

fn failed(error: notify::Error) -> Error {
    Error::runtime(error).context("watching the policy files")
}

/// The folders that `sources` name, and those of the files that they name.
fn folders(sources: &Sources) -> Vec<PathBuf> {
    let folder = |path: &PathBuf| match path.parent() {
        _ if path.is_dir() => path.clone(),
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let named = sources.files.iter().filter(|file| *file != Path::new("-"));
    let mut folders: Vec<PathBuf> =
        sources.directories.iter().filter(|path| path.is_dir()).cloned().collect();
    folders.extend(named.map(folder));
    folders.sort_unstable();
    folders.dedup();
    folders
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
