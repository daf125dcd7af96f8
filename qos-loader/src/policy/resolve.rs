//! Names to this machine's numbers: users to their ids, cgroup patterns to the cgroups that exist.

mod machine;

use std::collections::BTreeMap;

use super::{CgroupPattern, NameOrId, Policy};

pub use machine::{Cgroup, Machine, ThisMachine};

/// What the names in a set of policies stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    users: BTreeMap<NameOrId, u32>,
    /// Every cgroup that some pattern names, by path.
    pub cgroups: BTreeMap<CgroupPattern, u64>,
}

impl Resolved {
    /// Asks `machine` for all names in `policies`.
    pub fn new(policies: &[Policy], machine: &dyn Machine) -> Self {
        let mut resolved = Self::default();
        for conditions in policies.iter().map(|policy| &policy.conditions) {
            for user in &conditions.user {
                let id = match user {
                    NameOrId::Id(id) => Some(*id),
                    NameOrId::Name(name) => machine.user(name),
                };
                resolved.users.extend(id.map(|id| (user.clone(), id)));
            }
            for pattern in &conditions.cgroup {
                let cgroups = machine.cgroups(pattern).into_iter();
                resolved.cgroups.extend(cgroups.map(|cgroup| (cgroup.path, cgroup.id)));
            }
        }
        resolved
    }

    /// The id of `user`, if the machine has it.
    pub fn user(&self, user: &NameOrId) -> Option<u32> {
        self.users.get(user).copied()
    }

    /// Whether a cgroup exists that `pattern` names.
    pub fn has_cgroup(&self, pattern: &CgroupPattern) -> bool {
        self.cgroups.keys().any(|path| path.depth() == pattern.depth() && pattern.covers(path))
    }
}
