//! Notices that a cgroup was made or removed which a policy may name: its ancestors are watched.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use notify::EventKind;

use super::watch::Watch;
use crate::{
    error::Result,
    policy::{
        CgroupPattern,
        resolve::{Machine as _, ThisMachine},
    },
};

/// A watch for cgroups that come and go.
pub(super) fn watch() -> Result<Watch> {
    let comes_or_goes =
        |kind: &EventKind| matches!(kind, EventKind::Create(_) | EventKind::Remove(_));
    Watch::new(Duration::from_millis(10), move |event| comes_or_goes(&event.kind))
}

/// Has `watch` follow the cgroups that `patterns` name.
pub(super) fn follow(watch: &mut Watch, patterns: &BTreeSet<CgroupPattern>, machine: &ThisMachine) {
    let mut watched = BTreeSet::new();
    loop {
        let folders = folders(patterns, machine);
        // One that was made before its parent was watched shows now.
        if folders == watched {
            break;
        }
        watch.follow(&folders);
        watched = folders;
    }
}

/// The folders in which the cgroups that `patterns` name are, or will be made.
fn folders(patterns: &BTreeSet<CgroupPattern>, machine: &ThisMachine) -> BTreeSet<PathBuf> {
    let Some(mount) = machine.cgroup_mount() else { return BTreeSet::new() };
    let parents: BTreeSet<CgroupPattern> =
        patterns.iter().flat_map(|pattern| pattern.lineage().take(pattern.depth())).collect();
    let existing = parents.iter().flat_map(|parent| machine.cgroups(parent));
    existing.map(|cgroup| mount.join(cgroup.path.elements().join("/"))).collect()
}
