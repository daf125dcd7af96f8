//! A sender on this machine, and the machine as that sender needs it.

use std::{
    io,
    path::{Path, PathBuf},
};

use qos_common::sender::Sender;

use super::Identity;
use crate::policy::{
    CgroupPattern, NameOrId,
    resolve::{Cgroup, Machine},
};

/// A machine's users and groups, and the sender's cgroup with its ancestors as the only ones there
/// are: what does not exist yet can be explained too.
pub(super) struct World<'a> {
    pub(super) machine: &'a dyn Machine,
    pub(super) identity: &'a Identity,
}

impl World<'_> {
    fn lineage(&self) -> Vec<CgroupPattern> {
        self.identity.cgroup.iter().flat_map(CgroupPattern::lineage).collect()
    }

    /// Whether the sender's user is in `group`.
    pub(super) fn is_member(&self, group: &NameOrId) -> bool {
        let number = |group: &NameOrId| match group {
            NameOrId::Id(id) => Some(*id),
            NameOrId::Name(name) => self.machine.group(name),
        };
        let wanted = number(group);
        let same = |one: &NameOrId| one == group || (wanted.is_some() && number(one) == wanted);
        let of_user = || Sender::user(self).map(|user| self.machine.groups_of(user));
        self.identity.groups.iter().any(same)
            || wanted.is_some_and(|id| of_user().is_some_and(|groups| groups.contains(&id)))
    }
}

impl Machine for World<'_> {
    fn user(&self, name: &str) -> Option<u32> {
        // A user that this machine does not have is still the same user as itself.
        let stranger = || match &self.identity.user {
            Some(NameOrId::Name(own)) if own == name => Some(u32::MAX),
            _ => None,
        };
        self.machine.user(name).or_else(stranger)
    }

    fn group(&self, name: &str) -> Option<u32> {
        self.machine.group(name)
    }

    fn groups_of(&self, user: u32) -> Vec<u32> {
        self.machine.groups_of(user)
    }

    fn cgroups(&self, pattern: &CgroupPattern) -> Vec<Cgroup> {
        let named = |path: &CgroupPattern| path.depth() == pattern.depth() && pattern.covers(path);
        let lineage = self.lineage().into_iter().zip(1..);
        lineage.filter(|(path, _)| named(path)).map(|(path, id)| Cgroup { path, id }).collect()
    }

    fn executable(&self, path: &Path) -> io::Result<PathBuf> {
        self.machine.executable(path)
    }
}

impl Sender for World<'_> {
    fn user(&self) -> Option<u32> {
        match self.identity.user.as_ref()? {
            NameOrId::Id(id) => Some(*id),
            NameOrId::Name(name) => Machine::user(self, name),
        }
    }

    fn cgroup(&self, level: u32) -> Option<u64> {
        let depth = self.identity.cgroup.as_ref()?.depth() as u64;
        (u64::from(level) <= depth).then_some(u64::from(level) + 1)
    }
}
