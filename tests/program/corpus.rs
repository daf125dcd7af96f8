//! Each file of `tests/packets` is a test: an awkward frame, the policies in force, and what must
//! leave. The program in the kernel and the matcher in user space must both do it.

mod file;

use std::{fs, path::Path};

use qos_common::{
    counters::PolicyCounters,
    wire::{Unreadable, link},
};
use qos_loader::kernel::LinkKind;
use qos_tests::generate::machine::{SentOn, SyntheticMachine};

use crate::{
    kernel::{Kernel, ROOT_CGROUP, test_run_sender},
    set::{Set, arguments},
    user_space,
};
use file::{Case, Counted};

#[test]
fn every_file_leaves_as_it_says() {
    let mut kernel = Kernel::new();
    let cases = cases();
    // Reading all counters takes longer than all else.
    let mut counters = kernel.dataplane.counters().unwrap();
    let failures = cases.iter().flat_map(|case| run(&mut kernel, &mut counters, case));
    let failures: Vec<String> = failures.collect();
    println!("{} files", cases.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases.len() > 50);
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packets");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let case = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        Case::read(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    paths.iter().map(|path| case(path)).collect()
}

/// What is not as the file says. The counters are as they were `before`, and are read again.
fn run(kernel: &mut Kernel, before: &mut Vec<PolicyCounters>, case: &Case) -> Vec<String> {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let policies: Vec<&str> = case.policies.iter().map(String::as_str).collect();
    let set = Set::new(arguments(&policies), &machine);
    let mut failures = Vec::new();
    let mut check = |who: &str, left: &[u8], counted: &Counted| {
        if left != case.leaves {
            let (is, must) = (left, &case.leaves);
            failures.push(format!("{}: {who} makes it\n{is:02x?}, not\n{must:02x?}", case.name));
        }
        if *counted != case.counted {
            let must = &case.counted;
            failures.push(format!("{}: {who} counts {counted:?}, not {must:?}", case.name));
        }
    };

    let sender = test_run_sender();
    let sender = SentOn::new(&machine, &sender);
    let link = if case.link == LinkKind::Ethernet { link::ETHERNET } else { link::NONE };
    let (left, counted) = match user_space::leaves(&set, link, &case.frame, &sender) {
        Ok((left, None)) => (left, Counted::Unmatched),
        Ok((left, Some(index))) => (left, Counted::Policy(set.policies[index].name.clone())),
        Err(Unreadable::NotIp) => (case.frame.clone(), Counted::NotIp),
        Err(Unreadable::Malformed) => (case.frame.clone(), Counted::Malformed),
    };
    check("the matcher", &left, &counted);

    kernel.replace(&set);
    let totals = kernel.dataplane.totals().unwrap();
    let left = kernel.leaves(case.link, &case.frame);
    let now = kernel.dataplane.counters().unwrap();
    let grew = |index: &usize| now[*index] != before[*index];
    let counted = match (0..set.policies.len()).find(grew) {
        Some(index) => Counted::Policy(set.policies[index].name.clone()),
        None => Counted::reason(totals, kernel.dataplane.totals().unwrap()),
    };
    check("the program", &left, &counted);
    *before = now;
    failures
}
