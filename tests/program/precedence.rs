//! The examples of docs/precedence.md in the kernel: the packet that `explain` is asked about leaves
//! with the DSCP of the policy that the document says wins.

mod example;

use std::collections::{BTreeMap, BTreeSet};

use qos_common::dscp::Dscp;
use qos_loader::{
    kernel::LinkKind,
    policy::{CgroupPattern, layer::PolicySet, resolve::ThisMachine, source::Sources},
};
use qos_tests::document::Document;

use crate::{
    kernel::{Kernel, cgroups::Tree},
    set::Set,
};
use example::Example;

#[test]
fn the_winners_of_the_document_win_in_the_kernel() {
    let document = Document::read("docs/precedence.md");
    let folder = tempfile::tempdir().unwrap();
    document.write_policy_files(folder.path());
    let mut kernel = Kernel::new();
    let (mut explained, mut ran) = (Vec::new(), Vec::new());
    let mut left_out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for example in document.blocks("console").into_iter().filter_map(Example::read) {
        let files = example.files.iter().map(|file| folder.path().join(file)).collect();
        let set = PolicySet::read(&Sources { files, ..Sources::default() }).unwrap();
        example.assert_is_sound(&set);
        explained.extend(example.decided_by);
        if let Some(reason) = why_not(&example, &set) {
            left_out.entry(reason).or_default().push(example.files.join(", "));
        } else {
            assert_wins(&mut kernel, &example, set);
            ran.push(example.decided_by);
        }
    }
    println!("{} examples ran in the kernel; the others have {left_out:#?}", ran.len());
    assert!(ran.len() >= 17, "only {}", ran.len());
    let steps = |steps: Vec<u8>| steps.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(steps(explained), steps((1..=9).collect()));
    let in_kernel = steps(ran.into_iter().flatten().collect());
    assert!(in_kernel.is_superset(&steps(vec![1, 3, 4, 5, 6, 7, 9])), "only {in_kernel:?}");
}

/// Why the kernel can't be asked, if it can't.
fn why_not(example: &Example, set: &PolicySet) -> Option<String> {
    let policies = &set.policies;
    if policies.iter().any(|policy| !policy.conditions.url.is_empty()) {
        return Some("a request, which a test run's socket has not got".to_owned());
    }
    if policies.iter().any(|policy| policy.conditions.ask_process()) {
        return Some("a process that sends, which a test run's socket has not".to_owned());
    }
    // A test run's socket is of user 0.
    let asks_for_users = policies.iter().any(|policy| !policy.conditions.user.is_empty());
    let other = example.user.as_deref().filter(|user| asks_for_users && *user != "root");
    other.map(|user| format!("a sender {user}, whom a test run can't be"))
}

/// Sends the example's packet through the program, from the example's cgroup.
fn assert_wins(kernel: &mut Kernel, example: &Example, mut set: PolicySet) {
    let machine = ThisMachine::new();
    let _there = example.cgroup.as_ref().map(|cgroup| {
        let lineage: Vec<CgroupPattern> = cgroup.lineage().collect();
        let tree = Tree::new(&machine, &lineage.iter().collect::<Vec<_>>());
        set.policies.iter_mut().for_each(|policy| tree.adopt(policy));
        tree.enter(cgroup);
        tree
    });
    let hosts = example.hosts(&set);
    kernel.replace(&Set::with_hosts(set.policies, &machine, hosts));
    let packet = example.packet();
    let left = kernel.leaves(LinkKind::Ethernet, &packet.frame());
    assert_eq!(left, packet.frame_with(Dscp::new(example.dscp)), "{example:?}");
}
