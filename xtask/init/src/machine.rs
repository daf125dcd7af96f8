//! The guest as tests expect a machine: file systems, modules, a host name, the loopback's settings.

use std::{
    env, fs,
    fs::File,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use anyhow::{Context as _, Result};
use nix::{
    kmod::{ModuleInitFlags, finit_module},
    mount::{MsFlags, mount},
    sys::utsname::uname,
    unistd::{chroot, sethostname},
};

/// What is mounted where, in this order.
const MOUNTS: [(&str, &str); 9] = [
    ("proc", "/proc"),
    ("sysfs", "/sys"),
    ("devtmpfs", "/dev"),
    ("devpts", "/dev/pts"),
    ("tmpfs", "/dev/shm"),
    ("tmpfs", "/run"),
    ("cgroup2", "/sys/fs/cgroup"),
    ("bpf", "/sys/fs/bpf"),
    ("tracefs", "/sys/kernel/tracing"),
];
/// What else programs look for below `/dev`.
const LINKS: [(&str, &str); 4] = [
    ("/dev/fd", "/proc/self/fd"),
    ("/dev/stdin", "/proc/self/fd/0"),
    ("/dev/stdout", "/proc/self/fd/1"),
    ("/dev/stderr", "/proc/self/fd/2"),
];
/// Settings, before modules are loaded: those of tunnels add no devices to each new namespace.
const SETTINGS: [(&str, &str); 1] = [("/proc/sys/net/core/fb_tunnels_only_for_init_net", "2")];
/// Has a module's file for each line, those that others need first.
const MODULES: &str = "/vm/modules";

/// Makes it ready, and returns the kernel's release.
pub(crate) fn make_ready() -> Result<String> {
    take_root()?;
    for (kind, folder) in MOUNTS {
        fs::create_dir_all(folder)?;
        mount(Some(kind), folder, Some(kind), MsFlags::empty(), None::<&str>)
            .with_context(|| format!("cannot mount {folder}"))?;
    }
    // No file system of its own: the repository may be below it.
    fs::create_dir_all("/tmp")?;
    fs::set_permissions("/tmp", fs::Permissions::from_mode(0o1777))?;
    for (link, target) in LINKS {
        symlink(target, link).with_context(|| format!("cannot make {link}"))?;
    }
    sethostname("guest")?;
    for (file, value) in SETTINGS {
        fs::write(file, value).with_context(|| file.to_owned())?;
    }
    if Path::new(MODULES).exists() {
        for module in fs::read_to_string(MODULES)?.lines() {
            let file = File::open(module).with_context(|| module.to_owned())?;
            finit_module(&file, c"", ModuleInitFlags::empty())
                .with_context(|| format!("cannot load {module}"))?;
        }
    }
    let release = uname()?.release().to_string_lossy().into_owned();
    Ok(release)
}

/// Mounts the root over itself: `pivot_root(2)` refuses to leave the file system that the kernel booted
/// with, and a machine has moved away from that one.
fn take_root() -> Result<()> {
    let mounted = mount(Some("/"), "/vm", None::<&str>, MsFlags::MS_BIND, None::<&str>);
    mounted.context("cannot bind the root")?;
    env::set_current_dir("/vm")?;
    let moved = mount(Some("."), "/", None::<&str>, MsFlags::MS_MOVE, None::<&str>);
    moved.context("cannot move the root")?;
    chroot(".")?;
    Ok(env::set_current_dir("/")?)
}
