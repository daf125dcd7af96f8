//! Random senders, most of them drawn to satisfy a policy or to miss it narrowly.

mod edges;
mod identity;

use qos_loader::policy::{CgroupPattern, Conditions, NameOrId, Policy};

use super::{
    machine::{self, SyntheticMachine, USERS},
    random::Random,
};
use crate::oracle::{self, Sender};
pub use identity::identity;

/// A sender for a set that holds `policies`; now and then there is none.
pub fn sender(random: &mut Random, policies: &[Policy], machine: &SyntheticMachine) -> Sender {
    if random.percent(10) {
        return Sender::default();
    }
    let none = Conditions::default();
    let conditions = if policies.is_empty() { &none } else { &random.pick(policies).conditions };
    let user = match conditions.user.first() {
        Some(NameOrId::Id(id)) if random.percent(60) => *id,
        _ => random.pick(&USERS).1,
    };
    let cgroup = cgroup(random, conditions, machine);
    let mut sender = Sender {
        user: Some(user),
        user_names: machine::user_names(user),
        cgroup: random.percent(95).then_some(cgroup),
        application: edges::application(random, &conditions.application),
        said: edges::host(random, &conditions.destination_host),
        url: edges::url(random, &conditions.url),
        ..Sender::default()
    };
    edges::groups(random, &conditions.group, &mut sender);
    sender
}

/// The same sender as a user of whom this machine does not know, or in such a group: no packet here
/// has such a sender, but one can be described.
pub fn stranger(random: &mut Random, sender: Sender) -> Sender {
    let mut stranger = sender;
    if random.percent(60) {
        stranger.user = None;
        stranger.user_names = vec!["ghost"];
    }
    if random.percent(60) {
        stranger.group_names.push("ghosts");
    }
    stranger
}

fn cgroup(
    random: &mut Random,
    conditions: &Conditions,
    machine: &SyntheticMachine,
) -> CgroupPattern {
    let paths: Vec<&CgroupPattern> = machine.paths().collect();
    let inside: Vec<&CgroupPattern> = match conditions.cgroup.first() {
        Some(pattern) => {
            let inside = |path: &&&CgroupPattern| oracle::is_in_cgroup(pattern, path);
            paths.iter().filter(inside).copied().collect()
        }
        None => Vec::new(),
    };
    let aimed = !inside.is_empty() && random.percent(70);
    (*random.pick(if aimed { &inside } else { &paths })).clone()
}
