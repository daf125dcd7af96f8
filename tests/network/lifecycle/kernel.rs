//! What the kernel holds of the loader.

use std::{
    fs,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use aya::programs::{SchedClassifier, TcAttachType, loaded_programs};
use qos_tests::{kernel::has_tcx, patience::PATIENCE, tc};

/// The ids of the programs at the egress of an interface of the thread's namespace.
pub(crate) fn attached(interface: &str) -> Vec<u32> {
    let mut programs = attached_by_tcx(interface);
    let filters = tc::filters(interface).into_iter().filter_map(|filter| filter.program);
    programs.extend(filters.map(|(_, id)| id));
    programs
}

/// Those among them that are links; none on a kernel that has no such links.
pub(crate) fn attached_by_tcx(interface: &str) -> Vec<u32> {
    if !has_tcx() {
        return Vec::new();
    }
    let (_, programs) = SchedClassifier::query_tcx(interface, TcAttachType::Egress).unwrap();
    programs.iter().map(aya::programs::ProgramInfo::id).collect()
}

/// What is pinned anywhere.
pub(crate) fn pins() -> Vec<PathBuf> {
    let mut pins = Vec::new();
    let mut folders = vec![PathBuf::from("/sys/fs/bpf")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            pins.push(path);
        }
    }
    pins.sort();
    pins
}

/// Panics if one of the programs stays loaded.
pub(crate) fn assert_gone(programs: &[u32]) {
    let end = Instant::now() + PATIENCE;
    loop {
        let loaded = loaded_programs().filter_map(Result::ok);
        let left: Vec<u32> =
            loaded.map(|program| program.id()).filter(|id| programs.contains(id)).collect();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "still loaded: {left:?}");
        thread::sleep(Duration::from_millis(10));
    }
}
