//! Watches folders, and tells when something in them changed and is quiet again.

use std::{collections::BTreeSet, path::PathBuf};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{Duration, Instant, timeout_at},
};
use tracing::warn;

use crate::error::{Error, Result};

/// A folder that is never quiet is looked at after this many times the quiet that it shall have.
const MOST_QUIET: u32 = 10;

/// Watches as long as it lives.
pub(super) struct Watch {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    changes: UnboundedReceiver<()>,
    /// How long nothing must happen: a writer may not be done.
    quiet: Duration,
    /// When that will be so.
    due: Option<Instant>,
    /// When it is looked at even if it is not so.
    latest: Option<Instant>,
}

impl Watch {
    /// Watches no folder yet, for events that `concerns` wants.
    pub(super) fn new(
        quiet: Duration,
        concerns: impl Fn(&Event) -> bool + Send + 'static,
    ) -> Result<Self> {
        let (sender, changes) = unbounded_channel();
        let notice = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| concerns(&event)) {
                // Nobody listens once the loader stops.
                sender.send(()).ok();
            }
        };
        let watcher = notify::recommended_watcher(notice)
            .map_err(|error| Error::runtime(error).context("watching folders"))?;
        Ok(Self { watcher, folders: BTreeSet::new(), changes, quiet, due: None, latest: None })
    }

    /// Watches `folders` from now on, and no others. Those that were watched may have been removed
    /// and made again since, so that they are watched anew.
    pub(super) fn follow(&mut self, folders: &BTreeSet<PathBuf>) {
        for folder in self.folders.difference(folders) {
            // A folder that is gone is not watched any more.
            self.watcher.unwatch(folder).ok();
        }
        let watched = folders.iter().filter(|folder| {
            let watched = self.watcher.watch(folder, RecursiveMode::NonRecursive);
            if let Err(error) = &watched {
                warn!("changes in {} will not be noticed: {error}", folder.display());
            }
            watched.is_ok()
        });
        self.folders = watched.cloned().collect();
    }

    /// Waits for a change, and until it is quiet. May be dropped and called again.
    pub(super) async fn changed(&mut self) {
        loop {
            let more = self.changes.recv();
            let more = match self.due {
                None => more.await,
                Some(due) => match timeout_at(due, more).await {
                    Ok(more) => more,
                    Err(_) => break (self.due, self.latest) = (None, None),
                },
            };
            match more {
                Some(()) => {
                    let now = Instant::now();
                    let latest = *self.latest.get_or_insert(now + MOST_QUIET * self.quiet);
                    self.due = Some(latest.min(now + self.quiet));
                }
                None => core::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    /// As in the loader's loop, where something else is always going on too.
    #[tokio::test]
    async fn a_folder_that_is_never_quiet_is_looked_at_all_the_same() {
        let mut watch = Watch::new(Duration::from_millis(20), |_| true).unwrap();
        let (sender, changes) = unbounded_channel();
        watch.changes = changes;
        for _interruption in 0..1_000 {
            sender.send(()).unwrap();
            tokio::select! {
                () = watch.changed() => return,
                () = sleep(Duration::from_millis(2)) => {}
            }
        }
        panic!("it waits for quiet");
    }
}
