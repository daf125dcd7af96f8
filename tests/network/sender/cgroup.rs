//! Cgroups: a process's own and all above it.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process, thread,
    time::{Duration, Instant},
};

use qos_tests::{
    capture::{Capture, Frame, dscps},
    loader::Loader,
    netns::{FAR, Lab, NEAR, NEAR_V4, SINK_V4, SINK_V6},
    patience::PATIENCE,
    sender::{endpoint, process::Process, tcp},
};

use crate::{connection, scene::Scene};

/// A cgroup of this test, with all below it; removed when it is dropped.
pub(crate) struct Cgroup {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Cgroup {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("/qos-tests-{}-{name}", process::id());
        let folder = mount().join(&name[1..]);
        fs::create_dir(&folder).unwrap();
        Self { name, folder }
    }

    pub(crate) fn child(&self, path: &str) -> PathBuf {
        let folder = self.folder.join(path);
        fs::create_dir_all(&folder).unwrap();
        folder
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            remove(&entry.path());
        }
    }
    // A cgroup with a process in it stays, and the next run has another name.
    fs::remove_dir(folder).ok();
}

/// A process that has ended is in its cgroup for a moment more.
pub(crate) fn remove_when_empty(folder: &Path) {
    let end = Instant::now() + PATIENCE;
    while let Err(error) = fs::remove_dir(folder) {
        assert!(Instant::now() < end, "{}: {error}", folder.display());
        thread::sleep(Duration::from_millis(1));
    }
}

/// Where the cgroup v2 hierarchy is mounted.
pub(crate) fn mount() -> PathBuf {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mount = mounts.lines().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        kind.starts_with("cgroup2 ").then(|| place.split(' ').nth(4))?
    });
    mount.expect("no cgroup v2 hierarchy is mounted").into()
}

fn send(cgroup: &Path, destination: &str, port: u16) {
    Process { cgroup: Some(cgroup), ..Process::default() }.send(destination, port);
}

#[test]
fn it_and_all_below_it_but_nothing_beside_or_above() {
    let wanted = Cgroup::new("wanted");
    let beside = Cgroup::new("wanted-not");
    let [child, grandchild] = ["child", "child/grand"].map(|path| wanted.child(path));
    let policies = format!("[[policy]]\nname = \"c\"\ncgroup = \"{}\"\ndscp = 10\n", wanted.name);
    let scene = Scene::with(&policies);
    // Made when the policies are in force already.
    let late = wanted.child("late");
    let cases = [
        (&wanted.folder, 10),
        (&child, 10),
        (&grandchild, 10),
        (&late, 10),
        (&beside.folder, 0),
        (&mount(), 0),
    ];
    for destination in [SINK_V4, SINK_V6] {
        for (port, (cgroup, mark)) in (5000..).zip(cases) {
            send(cgroup, destination, port);
            assert_eq!(scene.mark_of(port), mark, "{} to {destination}", cgroup.display());
        }
    }
}

#[test]
fn the_deepest_wins() {
    let top = Cgroup::new("deep");
    let [child, star, other] = ["child", "child/star", "other/star"].map(|path| top.child(path));
    let name = &top.name;
    let policies = format!(
        "[[policy]]\nname = \"root\"\ncgroup = \"/\"\ndscp = 1\n
         [[policy]]\nname = \"top\"\ncgroup = \"{name}\"\ndscp = 2\n
         [[policy]]\nname = \"child\"\ncgroup = \"{name}/child\"\ndscp = 3\n
         [[policy]]\nname = \"star\"\ncgroup = \"{name}/*/star\"\ndscp = 4\n"
    );
    let scene = Scene::with(&policies);
    let cases = [(&mount(), 1), (&top.folder, 2), (&child, 3), (&star, 4), (&other, 4)];
    for (port, (cgroup, mark)) in (5000..).zip(cases) {
        send(cgroup, SINK_V4, port);
        assert_eq!(scene.mark_of(port), mark, "{}", cgroup.display());
    }
}

/// A cgroup that is not there yet matches when it is there and the policies are read again.
#[test]
fn one_that_is_made_later() {
    let top = Cgroup::new("later");
    let policy = |dscp: u8| {
        let name = &top.name;
        format!("[[policy]]\nname = \"c\"\ncgroup = \"{name}/new\"\ndscp = {dscp}\n")
    };
    let scene = Scene::with(&policy(10));
    let new = top.child("new");
    scene.loader.replace(&policy(20));
    send(&new, SINK_V4, 5000);
    assert_eq!(scene.mark_of(5000), 20);
}

/// It is followed without being told, and so is the next one of its name, which is another.
#[test]
fn one_that_comes_and_goes() {
    let top = Cgroup::new("comes");
    let name = &top.name;
    let policies = format!("[[policy]]\nname = \"c\"\ncgroup = \"{name}/new/deep\"\ndscp = 10\n");
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run_with(&["-i", NEAR, "--log-level", "debug"], &policies);
    let scene = Scene { loader, capture, lab };
    let wait =
        || scene.loader.wait_for_log("the policies follow cgroups or hosts that came or went");
    for _ in 0..3 {
        let deep = top.child("new/deep");
        wait();
        send(&deep, SINK_V4, 5000);
        assert_eq!(scene.mark_of(5000), 10);
        remove_when_empty(&deep);
        remove(&top.folder.join("new"));
        wait();
    }
}

#[test]
fn a_server_and_its_connections() {
    let wanted = Cgroup::new("server");
    let policies = format!("[[policy]]\nname = \"c\"\ncgroup = \"{}\"\ndscp = 10\n", wanted.name);
    let scene = Scene::with(&policies);
    let here = endpoint(NEAR_V4, 7000);
    in_cgroup(&wanted.folder, || {
        let listener = TcpListener::bind(here).unwrap();
        connection::talk(&listener, || scene.lab.in_far(|| tcp::connect(here)));
    });
    let mut packets = Vec::new();
    let is_fin = |frame: &Frame| frame.ip().is_some_and(|ip| ip.flags.1);
    while !packets.iter().any(is_fin) {
        packets.extend(
            scene
                .capture
                .take(1, |frame| frame.ip().is_some_and(|ip| ip.source_port() == Some(7000))),
        );
    }
    assert_eq!(dscps(&packets), vec![10; packets.len()], "{packets:#?}");
}

/// Does something with this whole process in a cgroup.
fn in_cgroup(folder: &Path, act: impl FnOnce()) {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap();
    let own = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap();
    let own = mount().join(own);
    let enter = |folder: &Path| {
        fs::write(folder.join("cgroup.procs"), process::id().to_string()).unwrap();
    };
    enter(folder);
    act();
    enter(&own);
}
