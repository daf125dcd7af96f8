//! Policies for cgroups, with real ones: in a test run the kernel makes a socket in the cgroup of
//! the process that asks for it.

use std::{fs, path::PathBuf, process};

use qos_loader::policy::{
    CgroupPattern, Policy,
    resolve::{Machine as _, ThisMachine},
};
use qos_tests::{
    generate::{
        machine::SyntheticMachine,
        packets,
        policies::{Shape, policies},
        random::Random,
    },
    oracle::{Sender, winner},
    repeated,
};

use super::{Kernel, ROOT_CGROUP, is_runnable, kind, test_run_sender};
use crate::set::Set;

#[test]
fn the_program_knows_the_cgroup_that_sends() {
    let synthetic = SyntheticMachine::new(ROOT_CGROUP);
    let real = ThisMachine::new();
    // One level of the 31 that policies can name goes to the test's own cgroup.
    let paths: Vec<&CgroupPattern> = synthetic.paths().filter(|path| path.depth() < 31).collect();
    let tree = Tree::new(&real, &paths);
    let mut kernel = Kernel::new();
    let mut random = Random::new(31);
    let (mut pairs, mut decided) = (0, 0);
    for path in &paths {
        let cgroup = tree.enter(path);
        let root = vec!["root"];
        let sender = Sender { cgroup: Some(cgroup), user_names: root, ..test_run_sender() };
        for _set in 0..repeated(4) {
            let shape = Shape { policies: 40, least: 0, longest: 3, enforced_only: true };
            let mut policies = policies(&mut random, &synthetic, shape);
            for policy in &mut policies {
                tree.adopt(policy);
            }
            let set = Set::new(policies, &real);
            kernel.replace(&set);
            for _packet in 0..100 {
                let packet = packets::packet(&mut random, &set.policies);
                if !is_runnable(&packet.frame()) {
                    continue;
                }
                let winner = winner(&set.policies, &packet.seen(sender.clone()));
                let leaves = packet.frame_with(winner.and_then(|policy| policy.actions.dscp));
                let left = kernel.leaves(kind(&packet.link), &packet.frame());
                assert_eq!(left, leaves, "{winner:?} must win for {path} and {packet:?}");
                pairs += 1;
                decided += u64::from(winner.is_some_and(|one| !one.conditions.cgroup.is_empty()));
            }
        }
    }
    println!("{pairs} pairs, {decided} won by a policy for cgroups");
    assert!(decided > pairs / 8);
}

/// Cgroups of this test's own, below which a tree stands as the synthetic machine has it.
pub(crate) struct Tree {
    mount: PathBuf,
    own: CgroupPattern,
    /// Where the process was before.
    home: PathBuf,
    /// The parents before their children.
    folders: Vec<PathBuf>,
}

impl Tree {
    /// With cgroups at `paths`, the parents before their children.
    pub(crate) fn new(machine: &ThisMachine, paths: &[&CgroupPattern]) -> Self {
        let mount = machine.cgroup_mount().cloned();
        let mount = mount.unwrap_or_else(|| panic!("no cgroup v2 hierarchy is mounted"));
        let own = CgroupPattern::root().child(&format!("qos-tests-{}", process::id()));
        let line = fs::read_to_string("/proc/self/cgroup").unwrap();
        let home = line.lines().find_map(|line| line.strip_prefix("0::/")).unwrap();
        let home = mount.join(home);
        let mut tree = Self { mount, own, home, folders: Vec::new() };
        for path in paths {
            let folder = tree.folder(&tree.below(path));
            fs::create_dir(&folder).unwrap();
            tree.folders.push(folder);
        }
        assert_eq!(machine.cgroups(&tree.own).len(), 1);
        tree
    }

    /// Moves this process to `path` of the tree; returns the whole path.
    pub(crate) fn enter(&self, path: &CgroupPattern) -> CgroupPattern {
        let path = self.below(path);
        move_to(&self.folder(&path));
        path
    }

    /// Has `policy` mean this tree; its root stays the hierarchy's.
    pub(crate) fn adopt(&self, policy: &mut Policy) {
        for pattern in policy.conditions.cgroup.iter_mut().filter(|pattern| pattern.depth() > 0) {
            *pattern = self.below(pattern);
        }
    }

    fn below(&self, path: &CgroupPattern) -> CgroupPattern {
        path.elements().iter().fold(self.own.clone(), |path, name| path.child(name))
    }

    fn folder(&self, path: &CgroupPattern) -> PathBuf {
        self.mount.join(path.elements().join("/"))
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        move_to(&self.home);
        for folder in self.folders.iter().rev() {
            fs::remove_dir(folder).unwrap();
        }
    }
}

fn move_to(folder: &std::path::Path) {
    fs::write(folder.join("cgroup.procs"), process::id().to_string())
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
}
