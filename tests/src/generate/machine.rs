//! A machine with a few users and groups, and a small tree of cgroups.

mod accounts;
mod hosts;
mod requests;

use std::{
    io,
    path::{Path, PathBuf},
};

use qos_common::{
    executable::Executable,
    identity::{GROUP_WORDS, GroupBits},
    request::Request,
    sender,
};
use qos_loader::policy::{
    CgroupPattern,
    resolve::{Cgroup, Machine},
};

use crate::oracle::{self, Sender};
pub use accounts::{GROUPS, USERS, group_names, groups_of, user_names};
pub use hosts::{host_addresses, hosts_of, names_of};

/// The branches of the tree of cgroups; their ancestors exist too.
const BRANCHES: [&str; 8] = [
    "/a.slice/x.service/worker",
    "/a.slice/y.service",
    "/b.slice/x.service",
    "/b.slice/x.service/worker/1",
    "/b.slice/z",
    "/user.slice/user-1000.slice/app.slice/browser.scope",
    "/user.slice/user-1001.slice/app.slice/browser.scope",
    "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31",
];

/// Users, and cgroups with the numbers that a kernel would give them.
#[derive(Clone, Debug)]
pub struct SyntheticMachine {
    cgroups: Vec<Cgroup>,
}

impl SyntheticMachine {
    /// A machine whose root cgroup has the number `root`: the kernel's is 1.
    pub fn new(root: u64) -> Self {
        let mut paths: Vec<CgroupPattern> = vec![CgroupPattern::root()];
        for branch in BRANCHES {
            let mut path = CgroupPattern::root();
            for name in branch.split('/').skip(1) {
                path = path.child(name);
                if !paths.contains(&path) {
                    paths.push(path.clone());
                }
            }
        }
        // Numbers of more than 32 bits, of which some have the same lower half.
        let id = |index: u64| ((index % 5 + 1) << 32) | (index / 5);
        let numbered = paths.into_iter().zip(0..);
        let mut cgroups: Vec<Cgroup> =
            numbered.map(|(path, index)| Cgroup { path, id: id(index) }).collect();
        cgroups[0].id = root;
        Self { cgroups }
    }

    /// The paths of all cgroups.
    pub fn paths(&self) -> impl Iterator<Item = &CgroupPattern> {
        self.cgroups.iter().map(|cgroup| &cgroup.path)
    }
}

impl Machine for SyntheticMachine {
    fn user(&self, name: &str) -> Option<u32> {
        accounts::number(&USERS, name)
    }

    fn group(&self, name: &str) -> Option<u32> {
        accounts::number(&GROUPS, name)
    }

    fn groups_of(&self, user: u32) -> Vec<u32> {
        groups_of(user)
    }

    fn executable(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }

    fn cgroups(&self, pattern: &CgroupPattern) -> Vec<Cgroup> {
        let named = |cgroup: &&Cgroup| {
            let same_depth = cgroup.path.elements().len() == pattern.elements().len();
            same_depth && oracle::is_in_cgroup(pattern, &cgroup.path)
        };
        self.cgroups.iter().filter(named).cloned().collect()
    }
}

/// A sender of this machine, as the eBPF program's helpers would tell of it.
#[derive(Clone, Copy, Debug)]
pub struct SentOn<'a> {
    machine: &'a SyntheticMachine,
    sender: &'a Sender,
    received: Option<Request>,
    sent: Option<Request>,
}

impl<'a> SentOn<'a> {
    /// `sender`, whose cgroup is on `machine`.
    pub fn new(machine: &'a SyntheticMachine, sender: &'a Sender) -> Self {
        Self {
            machine,
            sender,
            received: sender.url.as_ref().map(requests::received),
            sent: sender.said.as_deref().map(requests::sent),
        }
    }
}

impl sender::Sender for SentOn<'_> {
    fn user(&self) -> Option<u32> {
        self.sender.user
    }

    fn cgroup(&self, level: u32) -> Option<u64> {
        let path = self.sender.cgroup.as_ref()?;
        let depth = usize::try_from(level).ok()?;
        let is_ancestor = |cgroup: &&Cgroup| {
            cgroup.path.elements().len() == depth && oracle::is_in_cgroup(&cgroup.path, path)
        };
        self.machine.cgroups.iter().find(is_ancestor).map(|cgroup| cgroup.id)
    }

    fn executable(&self) -> Option<Executable> {
        self.sender.application.as_ref().map(|path| Executable::of(0, path.as_bytes()))
    }

    /// Sets for the kernel have no groups: it has no process to ask.
    fn groups(&self) -> GroupBits {
        [0; GROUP_WORDS]
    }

    fn received(&self) -> Option<&Request> {
        self.received.as_ref()
    }

    fn sent(&self) -> Option<&Request> {
        self.sent.as_ref()
    }
}
