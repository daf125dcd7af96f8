//! Cgroups that come while the loader runs, by a path, by a pattern, and seen from inside.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use qos_tests::{capture::dscps, patience::PATIENCE, sender::process::Process};

use super::{
    cgroup_move::enter,
    flow::{V4, assert_all, next_port},
    policies::policy,
    program::{Folder, Program},
};
use crate::{
    scene::Scene,
    sender::cgroup::{Cgroup, remove_when_empty},
};

/// Sends from a cgroup until that is marked so.
pub(super) fn wait_for_mark(scene: &Scene, cgroup: &Path, mark: u8) {
    let end = Instant::now() + PATIENCE;
    let process = Process { cgroup: Some(cgroup), ..Process::default() };
    loop {
        let port = next_port();
        process.send(V4.sink, port);
        let marks = dscps(&scene.capture.to_port(port, 1));
        if marks == [mark] {
            return;
        }
        assert!(Instant::now() < end, "{} has {marks:?} and not {mark}", cgroup.display());
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn that_is_made_and_made_anew() {
    let top = Cgroup::new("anew");
    let scene = Scene::with(&policy("cgroup", format_args!("{}/unit", top.name), 10));
    for _ in 0..5 {
        let unit = top.child("unit");
        wait_for_mark(&scene, &unit, 10);
        // What is below it needs nothing to be followed.
        let below = top.child("unit/below/further");
        wait_for_mark(&scene, &below, 10);
        remove_when_empty(&below);
        remove_when_empty(&top.folder.join("unit/below"));
        remove_when_empty(&unit);
    }
}

/// `*` is one element: what is below that matches too, what is above it does not.
#[test]
fn by_a_pattern() {
    let top = Cgroup::new("pattern");
    let policies = [
        // Of two that are equally deep the first wins.
        policy("cgroup", format_args!("{}/b", top.name), 20),
        policy("cgroup", format_args!("{}/*", top.name), 10),
        policy("cgroup", format_args!("{}/*/*/session", top.name), 30),
    ];
    top.child("before");
    let scene = Scene::with(&policies.concat());
    for (path, mark) in [
        ("before", 10),
        ("later", 10),
        ("later/below", 10),
        ("b", 20),
        ("b/below", 20),
        ("later/below/session", 30),
        ("later/below/other", 10),
        ("b/below/session/further", 30),
    ] {
        wait_for_mark(&scene, &top.child(path), mark);
    }
    Process { cgroup: Some(&top.folder), ..Process::default() }.send(V4.sink, 4000);
    assert_eq!(scene.mark_of(4000), 0, "the folder above");
}

#[test]
fn in_a_namespace_of_its_own() {
    let folder = Folder::new();
    let unit = Cgroup::new("namespace");
    let inside = unit.child("inside");
    let policies = [policy("cgroup", &unit.name, 10), policy("cgroup", "/inside", 20)];
    let scene = Scene::with(&policies.concat());
    let program = Program::start(folder.copy("snd"));
    enter(&unit.folder, &program);
    program.step("cgroup-namespace");
    assert_all(&scene, &program, 10);
    enter(&inside, &program);
    assert_all(&scene, &program, 10);
}
