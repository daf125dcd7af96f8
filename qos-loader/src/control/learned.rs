//! What a loader learned of hosts, as `names` prints it.

use serde::{Deserialize, Serialize};

use crate::{
    hosts::{Hosts, Unseen},
    policy::{HostName, HostPattern, Policy},
};

/// What a loader learned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// Its process, in its own PID namespace.
    pub pid: u32,
    /// By name.
    pub names: Vec<LearnedName>,
    /// What nothing was learned from.
    #[serde(default)]
    pub unseen: Unseen,
}

/// A name with an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedName {
    /// The name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// How many seconds ago it was learned; none if `/etc/hosts` says so.
    pub age: Option<u64>,
    /// The policies that name it.
    pub policies: Vec<String>,
}

impl Learned {
    /// What `hosts` knows, and which of `policies` it is for; and of how many packets it did not hear.
    pub fn new(pid: u32, hosts: &Hosts, policies: &[Policy], no_room: u64) -> Self {
        let named_by = |name: &HostName| {
            let exact = HostPattern::Exact(name.clone());
            let names = |policy: &&Policy| {
                policy.conditions.destination_host.iter().any(|pattern| pattern.covers(&exact))
            };
            policies.iter().filter(names).map(|policy| policy.name.clone()).collect()
        };
        let names = hosts.learned().map(|(name, address, age)| LearnedName {
            name: name.to_string(),
            address: address.to_string(),
            age: age.map(|age| age.as_secs()),
            policies: named_by(name),
        });
        let mut names: Vec<LearnedName> = names.collect();
        names.sort_by(|one, other| (&one.name, &one.address).cmp(&(&other.name, &other.address)));
        Self { pid, names, unseen: hosts.unseen(no_room) }
    }
}
