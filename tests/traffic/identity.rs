//! Who the process is.

use std::fs;

use nix::{
    sched::{CloneFlags, unshare},
    sys::prctl,
    unistd::{Gid, Uid, getgid, getuid, setgid, setgroups, setuid},
};

/// Becomes a user.
pub(crate) fn user(user: u32) {
    setuid(Uid::from_raw(user)).unwrap();
}

/// Is in these groups and no others; the first is the primary one.
pub(crate) fn groups(groups: impl Iterator<Item = u32>) {
    let groups: Vec<Gid> = groups.map(Gid::from_raw).collect();
    setgroups(&groups[1..]).unwrap();
    setgid(groups[0]).unwrap();
}

/// Enters a user namespace of its own, in which it is root.
pub(crate) fn user_namespace() {
    let (user, group) = (getuid(), getgid());
    // Who changed its user has files in /proc that are not its own.
    prctl::set_dumpable(true).unwrap();
    unshare(CloneFlags::CLONE_NEWUSER).unwrap();
    fs::write("/proc/self/setgroups", "deny").unwrap();
    fs::write("/proc/self/uid_map", format!("0 {user} 1")).unwrap();
    fs::write("/proc/self/gid_map", format!("0 {group} 1")).unwrap();
    assert!(getuid().is_root());
}

/// Enters a cgroup namespace of its own.
pub(crate) fn cgroup_namespace() {
    unshare(CloneFlags::CLONE_NEWCGROUP).unwrap();
    let own = fs::read_to_string("/proc/self/cgroup").unwrap();
    assert!(own.lines().any(|line| line == "0::/"), "{own}");
}
