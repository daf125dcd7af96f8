//! Names to this machine's numbers: users to their ids, cgroup patterns to the cgroups that exist.

mod machine;

use std::collections::BTreeMap;

use super::{CgroupPattern, NameOrId, Policy, expand::Rule, rank::Rank};

pub use machine::{Cgroup, Machine, ThisMachine};

/// The rules with the numbers of users and groups instead of the names that `machine` knows: two
/// rules may say the same in different words.
pub fn by_number(mut rules: Vec<(Rank, Rule)>, machine: &dyn Machine) -> Vec<(Rank, Rule)> {
    let mut users = BTreeMap::new();
    let mut groups = BTreeMap::new();
    for (_, rule) in &mut rules {
        rule.users.iter_mut().for_each(|user| number(user, &mut users, |name| machine.user(name)));
        let group = |name: &str| machine.group(name);
        rule.groups.iter_mut().for_each(|one| number(one, &mut groups, group));
    }
    rules
}

/// Puts the number in the place of a name that has one; each name is looked up once.
fn number(
    account: &mut NameOrId,
    known: &mut BTreeMap<String, Option<u32>>,
    look_up: impl Fn(&str) -> Option<u32>,
) {
    if let NameOrId::Name(name) = account
        && let Some(id) = *known.entry(name.clone()).or_insert_with_key(|name| look_up(name))
    {
        *account = NameOrId::Id(id);
    }
}

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
