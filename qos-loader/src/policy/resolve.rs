//! Names to this machine's numbers: users and groups to their ids, cgroup patterns to the cgroups that exist.

mod hierarchy;
mod machine;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use super::{CgroupPattern, HostPattern, NameOrId, Policy, expand::Rule, rank::Rank};

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

/// The users, groups, cgroups and hosts that policies name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Users by name or number.
    pub users: BTreeSet<NameOrId>,
    /// Groups, likewise.
    pub groups: BTreeSet<NameOrId>,
    /// Cgroups by pattern.
    pub cgroups: BTreeSet<CgroupPattern>,
    /// Destinations by name.
    pub hosts: BTreeSet<HostPattern>,
}

impl Names {
    /// Those of `policies`.
    pub fn of(policies: &[Policy]) -> Self {
        let conditions = || policies.iter().map(|policy| &policy.conditions);
        Self {
            users: conditions().flat_map(|one| &one.user).cloned().collect(),
            groups: conditions().flat_map(|one| &one.group).cloned().collect(),
            cgroups: conditions().flat_map(|one| &one.cgroup).cloned().collect(),
            hosts: conditions().flat_map(|one| &one.destination_host).cloned().collect(),
        }
    }
}

/// The numbers of those that have one.
fn ids(
    accounts: &BTreeSet<NameOrId>,
    look_up: impl Fn(&str) -> Option<u32>,
) -> BTreeMap<NameOrId, u32> {
    let id = |account: &NameOrId| match account {
        NameOrId::Id(id) => Some(*id),
        NameOrId::Name(name) => look_up(name),
    };
    accounts.iter().filter_map(|account| Some((account.clone(), id(account)?))).collect()
}

/// What the names in a set of policies stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    users: BTreeMap<NameOrId, u32>,
    groups: BTreeMap<NameOrId, u32>,
    /// Every cgroup that some pattern names, by path.
    pub cgroups: BTreeMap<CgroupPattern, u64>,
    hosts: BTreeMap<HostPattern, BTreeSet<IpAddr>>,
}

impl Resolved {
    /// Asks `machine` for all names in `policies`.
    pub fn new(policies: &[Policy], machine: &dyn Machine) -> Self {
        Self::of(&Names::of(policies), machine)
    }

    /// Asks `machine` for `names`.
    pub fn of(names: &Names, machine: &dyn Machine) -> Self {
        let users = ids(&names.users, |name| machine.user(name));
        let groups = ids(&names.groups, |name| machine.group(name));
        let cgroups = names.cgroups.iter().flat_map(|pattern| machine.cgroups(pattern));
        let cgroups = cgroups.map(|cgroup| (cgroup.path, cgroup.id)).collect();
        Self { users, groups, cgroups, hosts: BTreeMap::new() }
    }

    /// The same with the addresses of hosts, which no machine can be asked for at once.
    #[must_use]
    pub fn with_hosts(self, hosts: BTreeMap<HostPattern, BTreeSet<IpAddr>>) -> Self {
        Self { hosts, ..self }
    }

    /// The known addresses of the hosts that `pattern` names.
    pub fn addresses(&self, pattern: &HostPattern) -> impl Iterator<Item = IpAddr> {
        self.hosts.get(pattern).into_iter().flatten().copied()
    }

    /// The id of `user`, if the machine has it.
    pub fn user(&self, user: &NameOrId) -> Option<u32> {
        self.users.get(user).copied()
    }

    /// The id of `group`, likewise.
    pub fn group(&self, group: &NameOrId) -> Option<u32> {
        self.groups.get(group).copied()
    }

    /// The ids of all groups.
    pub fn group_ids(&self) -> BTreeSet<u32> {
        self.groups.values().copied().collect()
    }

    /// Whether a cgroup exists that `pattern` names.
    pub fn has_cgroup(&self, pattern: &CgroupPattern) -> bool {
        self.cgroups.keys().any(|path| path.depth() == pattern.depth() && pattern.covers(path))
    }
}
