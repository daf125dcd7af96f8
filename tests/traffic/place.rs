//! Where the process finds its files. Mounts are its namespace's, and go with it.

use std::{env, fs, path::Path};

use nix::{
    mount::{MntFlags, MsFlags, umount2},
    sched::{CloneFlags, unshare},
    unistd,
};

const NONE: Option<&str> = None;

/// Enters a mount namespace of its own.
pub(crate) fn mount_namespace() {
    unshare(CloneFlags::CLONE_NEWNS).unwrap();
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    nix::mount::mount(NONE, "/", NONE, private, NONE).unwrap();
}

pub(crate) fn folder(path: &str) {
    fs::create_dir_all(path).unwrap();
}

pub(crate) fn copy(from: &str, to: &str) {
    fs::copy(from, to).unwrap();
}

pub(crate) fn mount(kind: &str, place: &str, options: &str) {
    let none = MsFlags::empty();
    nix::mount::mount(Some(kind), place, Some(kind), none, Some(options)).unwrap();
}

pub(crate) fn bind(from: &str, to: &str) {
    nix::mount::mount(Some(from), to, NONE, MsFlags::MS_BIND, NONE).unwrap();
}

pub(crate) fn chroot(root: &str) {
    unistd::chroot(root).unwrap();
    env::set_current_dir("/").unwrap();
}

/// Makes a mount the root, and leaves nothing of the old one, as container runtimes do.
pub(crate) fn pivot_root(root: &str) {
    env::set_current_dir(root).unwrap();
    unistd::pivot_root(".", ".").unwrap();
    umount2(Path::new("."), MntFlags::MNT_DETACH).unwrap();
    env::set_current_dir("/").unwrap();
}
