//! A sender on this machine, and the machine as that sender needs it.

use std::{
    io,
    path::{Path, PathBuf},
};

use qos_common::{executable::Executable, identity::GroupBits, request::Request, sender::Sender};

use super::Identity;
use crate::policy::{
    CgroupPattern, HostName, NameOrId,
    compile::GroupNumbers,
    condition::UrlRequest,
    resolve::{Cgroup, Machine},
};

/// A machine's users and groups, and the sender's cgroup with its ancestors as the only ones there
/// are: what does not exist yet can be explained too.
pub(super) struct World<'a> {
    machine: &'a dyn Machine,
    identity: &'a Identity,
    /// Those of the sender.
    groups: GroupBits,
    received: Option<Request>,
    sent: Option<Request>,
}

impl<'a> World<'a> {
    /// In which the sender is in no group.
    pub(super) fn new(machine: &'a dyn Machine, identity: &'a Identity) -> Self {
        Self {
            machine,
            identity,
            groups: GroupBits::default(),
            received: identity.url.as_ref().map(UrlRequest::keys),
            sent: identity.destination_host.as_ref().map(HostName::keys),
        }
    }

    /// Has the sender be in those of `groups` that it is in.
    pub(super) fn join(&mut self, groups: &GroupNumbers) {
        for (group, bit) in groups.iter() {
            if self.is_member(group) {
                self.groups[bit as usize / 64] |= 1 << (bit % 64);
            }
        }
    }

    fn lineage(&self) -> Vec<CgroupPattern> {
        self.identity.cgroup.iter().flat_map(CgroupPattern::lineage).collect()
    }

    /// Whether the sender's user is in the group of this number.
    fn is_member(&self, group: u32) -> bool {
        let named = |one: &NameOrId| match one {
            NameOrId::Id(id) => *id == group,
            NameOrId::Name(name) => Machine::group(self, name) == Some(group),
        };
        let of_user = || Sender::user(self).map(|user| self.machine.groups_of(user));
        self.identity.groups.iter().any(named)
            || of_user().is_some_and(|groups| groups.contains(&group))
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
        // As for users. Of several it is in all, so that one number stands for them.
        let is_own = |one: &NameOrId| matches!(one, NameOrId::Name(own) if own == name);
        let stranger = || self.identity.groups.iter().any(is_own).then_some(u32::MAX);
        self.machine.group(name).or_else(stranger)
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

    fn executable(&self) -> Option<Executable> {
        let application = self.identity.application.as_ref()?;
        Some(Executable::of(0, application.bytes()))
    }

    fn groups(&self) -> GroupBits {
        self.groups
    }

    fn received(&self) -> Option<&Request> {
        self.received.as_ref()
    }

    fn sent(&self) -> Option<&Request> {
        self.sent.as_ref()
    }
}
