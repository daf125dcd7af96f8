//! What a loader holds in the kernel, by its file descriptors: whatever else is there is others'.

use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

use aya::programs::{loaded_links, loaded_programs};
use qos_tests::{loader::Loader, patience::PATIENCE};

/// The ids of its programs.
pub(crate) fn programs(loader: &Loader) -> BTreeSet<u32> {
    ids(loader, "prog_id:")
}

/// The ids of its links.
pub(crate) fn links(loader: &Loader) -> BTreeSet<u32> {
    ids(loader, "link_id:")
}

/// The ids of its maps.
pub(crate) fn maps(loader: &Loader) -> BTreeSet<u32> {
    ids(loader, "map_id:")
}

/// The names of its programs, of which the kernel keeps 15 bytes.
pub(crate) fn names(loader: &Loader) -> BTreeSet<String> {
    let own = programs(loader);
    let loaded = loaded_programs().filter_map(Result::ok).filter(|it| own.contains(&it.id()));
    loaded.map(|program| program.name_as_str().unwrap().to_owned()).collect()
}

fn ids(loader: &Loader, key: &str) -> BTreeSet<u32> {
    let folder = format!("/proc/{}/fdinfo", loader.pid());
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // One that was closed in the meantime is not held.
    let texts: Vec<String> = files.filter_map(|file| fs::read_to_string(file).ok()).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines.filter_map(|line| line.strip_prefix(key)?.trim().parse().ok()).collect()
}

/// Panics if one of these programs or links stays in the kernel, which frees what a process held a
/// little after the process is gone.
pub(crate) fn assert_gone(programs: &BTreeSet<u32>, links: &BTreeSet<u32>) {
    let end = Instant::now() + PATIENCE;
    loop {
        let loaded = loaded_programs().filter_map(Result::ok).map(|program| program.id());
        let attached = loaded_links().filter_map(Result::ok).map(|link| link.id());
        let left: Vec<u32> = loaded.filter(|id| programs.contains(id)).collect();
        let left_attached: Vec<u32> = attached.filter(|id| links.contains(id)).collect();
        if left.is_empty() && left_attached.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "programs {left:?} and links {left_attached:?} stay");
        thread::sleep(Duration::from_millis(10));
    }
}
