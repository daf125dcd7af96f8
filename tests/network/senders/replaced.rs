//! A program that is replaced or removed while it runs stays what it was; so is what comes in its
//! place.

use std::fs;

use qos_tests::netns::Lab;

use super::{
    flow::assert_all,
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

#[test]
fn by_another_that_is_moved_over_it() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let scene = Scene::with(&application(path.display(), 46));
    let old = Program::start(&path);
    assert_all(&scene, &old, 46);
    fs::rename(folder.copy("a/snd.new"), &path).unwrap();
    assert_all(&scene, &old, 46);
    assert_all(&scene, &Program::start(&path), 46);
}

/// The loader starts when the running program's file is gone already.
#[test]
fn before_the_loader_starts() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let lab = Lab::new();
    let old = Program::start(&path);
    fs::rename(folder.copy("a/snd.new"), &path).unwrap();
    let scene = Scene::in_lab(lab, &application(path.display(), 46));
    assert_all(&scene, &old, 46);
    assert_all(&scene, &Program::start(&path), 46);
}

#[test]
fn by_nothing() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let scene = Scene::with(&application(path.display(), 46));
    let program = Program::start(&path);
    fs::remove_file(&path).unwrap();
    assert_all(&scene, &program, 46);
}
