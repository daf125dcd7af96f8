//! Programs that see other files than the loader: an application's path is the one in the mount
//! namespace of its process.

use std::{fs, path::Path};

use super::{
    flow::assert_all,
    policies::application,
    program::{Folder, Program, original},
};
use crate::scene::Scene;

/// What a program that is not static needs of its machine.
const LIBRARIES: [&str; 3] = ["/lib", "/lib64", "/usr"];

/// A program in a mount namespace of its own, which has made itself a root there: an overlay, in
/// which it has executed a copy that it has at `/opt/app/snd`, and knows it by no other name.
fn in_a_container(folder: &Folder, change_root: &str) -> Program {
    let base = folder.path().display();
    let program = Program::start(folder.copy("outside"));
    program.step("mount-namespace");
    program.step(format_args!("folder {base}/layers"));
    program.step(format_args!("mount tmpfs {base}/layers mode=0755"));
    for layer in ["lower/opt/app", "upper", "work", "merged"] {
        program.step(format_args!("folder {base}/layers/{layer}"));
    }
    let layer = |name| format!("{base}/layers/{name}");
    let [lower, upper, work, root] = ["lower", "upper", "work", "merged"].map(layer);
    program.step(format_args!("copy {} {lower}/opt/app/snd", original().display()));
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
    program.step(format_args!("mount overlay {root} {options}"));
    for library in LIBRARIES.into_iter().filter(|library| Path::new(library).exists()) {
        program.step(format_args!("folder {root}{library}"));
        program.step(format_args!("bind {library} {root}{library}"));
    }
    program.step(format_args!("{change_root} {root}"));
    program.step("exec /opt/app/snd");
    program
}

#[test]
fn an_overlay_as_the_root() {
    let folder = Folder::new();
    let scene = Scene::with(&application("/opt/app/snd", 46));
    assert_all(&scene, &in_a_container(&folder, "pivot-root"), 46);
    // The same file as one of this machine is another program.
    assert_all(&scene, &Program::start(folder.copy("opt/app/snd")), 0);
}

#[test]
fn a_container_by_its_programs_name() {
    let folder = Folder::new();
    let scene = Scene::with(&application("snd", 46));
    assert_all(&scene, &in_a_container(&folder, "pivot-root"), 46);
}

/// It changes what the process calls its root, and nothing about where its program is.
#[test]
fn chroot_shortens_no_path() {
    let folder = Folder::new();
    let path = format!("{}/layers/merged/opt/app/snd", folder.path().display());
    let policies = [application("/opt/app/snd", 10), application(path, 46)].concat();
    let scene = Scene::with(&policies);
    assert_all(&scene, &in_a_container(&folder, "chroot"), 46);
}

#[test]
fn a_bind_mount() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let base = folder.path().display();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let elsewhere = application(format_args!("{base}/elsewhere/snd"), 10);
    let scene = Scene::with(&[application(path.display(), 46), elsewhere].concat());
    let program = Program::start(&path);
    program.step("mount-namespace");
    program.step(format_args!("bind {base}/a {base}/elsewhere"));
    assert_all(&scene, &program, 46);
    program.step(format_args!("exec {base}/elsewhere/snd"));
    assert_all(&scene, &program, 10);
    program.step(format_args!("exec {base}/a/snd"));
    assert_all(&scene, &program, 46);
}

/// One file over another, as containers have single files.
#[test]
fn a_file_that_is_bound() {
    let folder = Folder::new();
    let [path, other] = ["a/snd", "b/other"].map(|place| folder.copy(place));
    let policies = [application(path.display(), 46), application(other.display(), 10)].concat();
    let scene = Scene::with(&policies);
    let program = Program::start(&path);
    program.step("mount-namespace");
    program.step(format_args!("bind {} {}", path.display(), other.display()));
    program.step(format_args!("exec {}", other.display()));
    assert_all(&scene, &program, 10);
}
