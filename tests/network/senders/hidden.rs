//! The loader follows processes and their cgroups where it sees no cgroup v2 hierarchy, too.

use std::process::{Command, Stdio};

use qos_tests::{
    capture::Capture,
    loader::{self, Loader},
    netns::{FAR, Lab, NEAR},
};

use super::{
    cgroup::wait_for_mark,
    flow::assert_all,
    policies::{application, policy},
    program::{Folder, Program},
};
use crate::{
    scene::Scene,
    sender::cgroup::{Cgroup, mount},
};

/// With a mount namespace of the loader's own, in which `act` is done to where the hierarchy is.
fn marks_all_the_same(act: &str) {
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &format!("{act} \"$0\" && exec \"$@\"")]);
    command.arg(mount()).arg(loader::program()).stdin(Stdio::null());
    let top = Cgroup::new("hidden");
    let policies =
        [application("snd", 46), policy("cgroup", format_args!("{}/unit", top.name), 10)];
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::start_by(command, &["-i", NEAR], &policies.concat());
    loader.wait_until_ready();
    let scene = Scene { loader, capture, lab };
    let folder = Folder::new();
    assert_all(&scene, &Program::start(folder.copy("snd")), 46);
    wait_for_mark(&scene, &top.child("unit"), 10);
}

#[test]
fn nobody_mounted_it() {
    marks_all_the_same("umount --lazy");
}

#[test]
fn another_file_system_lies_over_it() {
    marks_all_the_same("mount -t tmpfs none");
}
