//! The users and groups of a machine.

/// Users by name; two names may be one user.
pub const USERS: [(&str, u32); 6] = [
    ("root", 0),
    ("toor", 0),
    ("alice", 1000),
    ("bob", 1001),
    ("nobody", 65_534),
    ("top", 4_294_967_294),
];

/// Groups by name; two names may be one group.
pub const GROUPS: [(&str, u32); 7] = [
    ("root", 0),
    ("wheel", 10),
    ("admins", 10),
    ("audio", 29),
    ("users", 100),
    ("alice", 1000),
    ("top", 4_294_967_294),
];

/// Users, and the groups that they are in; of some no name is known.
const MEMBERS: [(u32, &[u32]); 5] = [
    (0, &[0, 10]),
    (1000, &[1000, 10, 29, 100]),
    (1001, &[100, 29, 7777]),
    (65_534, &[65_534]),
    (4_294_967_294, &[4_294_967_294, 100]),
];

/// What this machine calls `user`.
pub fn user_names(user: u32) -> Vec<&'static str> {
    names(&USERS, user)
}

/// What this machine calls `group`.
pub fn group_names(group: u32) -> Vec<&'static str> {
    names(&GROUPS, group)
}

/// The groups that `user` is in.
pub fn groups_of(user: u32) -> Vec<u32> {
    let own = MEMBERS.iter().filter(|(member, _)| *member == user);
    own.flat_map(|(_, groups)| *groups).copied().collect()
}

/// The number that `accounts` have for `name`.
pub(super) fn number(accounts: &[(&str, u32)], name: &str) -> Option<u32> {
    accounts.iter().find(|(one, _)| *one == name).map(|(_, id)| *id)
}

fn names(accounts: &[(&'static str, u32)], number: u32) -> Vec<&'static str> {
    accounts.iter().filter(|(_, id)| *id == number).map(|(name, _)| *name).collect()
}
