//! Users, groups and cgroups.

use qos_loader::policy::{CgroupPattern, NameOrId};

use crate::generate::{
    machine::{GROUPS, SyntheticMachine, USERS},
    random::Random,
};

/// A user by name or number; some don't exist.
pub fn user(random: &mut Random) -> NameOrId {
    account(random, &USERS, "ghost")
}

/// A group by name or number; some don't exist.
pub fn group(random: &mut Random) -> NameOrId {
    account(random, &GROUPS, "ghosts")
}

fn account(random: &mut Random, accounts: &[(&str, u32)], missing: &str) -> NameOrId {
    let (name, id) = *random.pick(accounts);
    match random.within(0..=9) {
        0 => NameOrId::Name(missing.to_owned()),
        1 => NameOrId::Id(4242),
        2..=5 => NameOrId::Name(name.to_owned()),
        _ => NameOrId::Id(id),
    }
}

/// A cgroup that exists or an ancestor of one, with `*` for some elements; some don't exist.
pub fn cgroup(random: &mut Random, machine: &SyntheticMachine) -> CgroupPattern {
    let paths: Vec<&CgroupPattern> = machine.paths().collect();
    // The longest branch would crowd out the others.
    let path = loop {
        let path = *random.pick(&paths);
        if path.depth() < 5 || random.percent(20) {
            break path;
        }
    };
    let mut pattern = CgroupPattern::root();
    for element in path.elements() {
        pattern = pattern.child(if random.percent(20) { "*" } else { element });
    }
    if pattern.depth() < 31 && random.percent(8) { pattern.child("gone") } else { pattern }
}
