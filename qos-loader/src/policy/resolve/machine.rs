//! What names stand for on a machine.

use std::{
    ffi::CString,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use nix::unistd::{Gid, Group, User, getgrouplist};

use super::hierarchy;
use crate::policy::CgroupPattern;

/// A cgroup that exists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cgroup {
    /// Its path from the hierarchy's root, without `*`.
    pub path: CgroupPattern,
    /// The number that the kernel knows it by: the inode of its directory.
    pub id: u64,
}

/// What names stand for.
pub trait Machine {
    /// The id of the user called `name`.
    fn user(&self, name: &str) -> Option<u32>;

    /// The id of the group called `name`.
    fn group(&self, name: &str) -> Option<u32>;

    /// The ids of the groups that `user` is in, the primary one and the others.
    fn groups_of(&self, user: u32) -> Vec<u32>;

    /// The cgroups that `pattern` names itself (not those below them).
    fn cgroups(&self, pattern: &CgroupPattern) -> Vec<Cgroup>;

    /// Where the executable at the absolute `path` really is, all symbolic links followed.
    fn executable(&self, path: &Path) -> io::Result<PathBuf>;
}

/// The machine that we run on.
#[derive(Debug)]
pub struct ThisMachine {
    cgroup_mount: Option<PathBuf>,
}

impl ThisMachine {
    /// Finds the cgroup v2 hierarchy.
    pub fn new() -> Self {
        Self { cgroup_mount: hierarchy::root() }
    }

    /// The root of the cgroup v2 hierarchy.
    pub fn cgroup_mount(&self) -> Option<&PathBuf> {
        self.cgroup_mount.as_ref()
    }
}

impl Default for ThisMachine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine for ThisMachine {
    fn user(&self, name: &str) -> Option<u32> {
        User::from_name(name).ok().flatten().map(|user| user.uid.as_raw())
    }

    fn group(&self, name: &str) -> Option<u32> {
        Group::from_name(name).ok().flatten().map(|group| group.gid.as_raw())
    }

    fn groups_of(&self, user: u32) -> Vec<u32> {
        let user = User::from_uid(user.into()).ok().flatten();
        let groups = user.and_then(|user| {
            let name = CString::new(user.name).ok()?;
            getgrouplist(&name, user.gid).ok()
        });
        groups.into_iter().flatten().map(Gid::as_raw).collect()
    }

    fn cgroups(&self, pattern: &CgroupPattern) -> Vec<Cgroup> {
        let Some(mount) = &self.cgroup_mount else { return Vec::new() };
        let mut found = vec![(mount.clone(), CgroupPattern::root())];
        for element in pattern.elements() {
            found = found
                .into_iter()
                .flat_map(|(folder, path)| children(&folder, &path, element))
                .collect();
        }
        let cgroup = |(folder, path): (PathBuf, CgroupPattern)| {
            fs::metadata(folder).ok().map(|metadata| Cgroup { path, id: metadata.ino() })
        };
        found.into_iter().filter_map(cgroup).collect()
    }

    fn executable(&self, path: &Path) -> io::Result<PathBuf> {
        let real = fs::canonicalize(path)?;
        let metadata = fs::metadata(&real)?;
        if metadata.is_file() && metadata.mode() & 0o111 != 0 {
            Ok(real)
        } else {
            Err(io::Error::other("what stands there is no executable file"))
        }
    }
}

/// The folders in `folder` that `element` names.
fn children(
    folder: &PathBuf,
    path: &CgroupPattern,
    element: &str,
) -> Vec<(PathBuf, CgroupPattern)> {
    let names: Vec<String> = if element == "*" {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    } else {
        vec![element.to_owned()]
    };
    let child = |name: String| (folder.join(&name), path.child(&name));
    names.into_iter().map(child).filter(|(folder, _)| folder.is_dir()).collect()
}
