//! Where the cgroup v2 hierarchy can be seen.

use std::{
    fs,
    os::fd::{AsFd as _, AsRawFd as _, OwnedFd},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use nix::sys::statfs::{CGROUP2_SUPER_MAGIC, statfs};
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsmount, fsopen};

/// A mount of our own, in no folder, for where none is to be seen: none was made, or another file
/// system lies over it, as in a shell of `ip netns exec`. It needs `CAP_SYS_ADMIN`.
static OWN: LazyLock<Option<OwnedFd>> = LazyLock::new(|| {
    let context = fsopen("cgroup2", FsOpenFlags::FSOPEN_CLOEXEC).ok()?;
    fsconfig_create(context.as_fd()).ok()?;
    let attributes = MountAttrFlags::empty();
    fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes).ok()
});

/// The folder of its root; none if this kernel has no such hierarchy or we may not mount it.
pub(super) fn root() -> Option<PathBuf> {
    let own = || OWN.as_ref().map(|mount| format!("/proc/self/fd/{}", mount.as_raw_fd()).into());
    mounted().or_else(own)
}

/// Where it is mounted (`/proc/self/mountinfo`), maybe beside v1's.
fn mounted() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    mounts.lines().find_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        let folder = Path::new(mount.split(' ').nth(4)?);
        (kind.starts_with("cgroup2 ") && is_seen(folder)).then(|| folder.to_owned())
    })
}

/// Whether it is the uppermost file system there.
fn is_seen(folder: &Path) -> bool {
    statfs(folder).is_ok_and(|system| system.filesystem_type() == CGROUP2_SUPER_MAGIC)
}
