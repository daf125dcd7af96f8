//! This machine, where a process says itself which groups it is in.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::policy::{
    CgroupPattern,
    resolve::{Cgroup, Machine},
};

/// A machine, and the groups of the sender's process instead of those of its user: a process may
/// have left some, or have others.
pub(super) struct Known<'a> {
    pub(super) machine: &'a dyn Machine,
    pub(super) groups: Option<Vec<u32>>,
}

impl Machine for Known<'_> {
    fn user(&self, name: &str) -> Option<u32> {
        self.machine.user(name)
    }

    fn group(&self, name: &str) -> Option<u32> {
        self.machine.group(name)
    }

    fn groups_of(&self, user: u32) -> Vec<u32> {
        self.groups.clone().unwrap_or_else(|| self.machine.groups_of(user))
    }

    fn cgroups(&self, pattern: &CgroupPattern) -> Vec<Cgroup> {
        self.machine.cgroups(pattern)
    }

    fn executable(&self, path: &Path) -> io::Result<PathBuf> {
        self.machine.executable(path)
    }
}
