//! By an application's absolute path, and by its bare name: every packet of every kind of flow.

use super::{
    flow::assert_all,
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

#[test]
fn by_path() {
    let folder = Folder::new();
    let [wanted, namesake, beside] = ["a/snd", "b/snd", "a/other"].map(|place| folder.copy(place));
    let scene = Scene::with(&application(wanted.display(), 46));
    for (path, mark) in [(wanted, 46), (namesake, 0), (beside, 0)] {
        assert_all(&scene, &Program::start(&path), mark);
    }
}

#[test]
fn by_name() {
    let folder = Folder::new();
    let paths = ["a/snd", "b/snd", "b/other", "b/snd2", "b/Snd", "snd/other"];
    let scene = Scene::with(&application("snd", 10));
    for (place, mark) in paths.into_iter().zip([10, 10, 0, 0, 0, 0]) {
        assert_all(&scene, &Program::start(folder.copy(place)), mark);
    }
}

#[test]
fn a_path_beats_a_name() {
    let folder = Folder::new();
    let [path, namesake, other] = ["a/snd", "b/snd", "b/other"].map(|place| folder.copy(place));
    let by_path = application(path.display(), 46);
    let policies = [application("snd", 10), by_path, application("other", 20)].concat();
    let scene = Scene::with(&policies);
    for (path, mark) in [(path, 46), (namesake, 10), (other, 20)] {
        assert_all(&scene, &Program::start(&path), mark);
    }
}

/// A program is known by where it is, not by the link through which it was started.
#[test]
fn by_a_symbolic_link() {
    let folder = Folder::new();
    let program = folder.copy("a/snd");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&program, &link).unwrap();
    let policies = [application("snd", 10), application("link", 20)].concat();
    let scene = Scene::with(&policies);
    assert_all(&scene, &Program::start(&link), 10);
}

/// With other conditions in the same policy all of them count.
#[test]
fn with_other_conditions() {
    let folder = Folder::new();
    let [wanted, other] = ["a/snd", "b/other"].map(|place| folder.copy(place));
    let policies = application(wanted.display(), 46) + "protocol = \"icmp\"\n";
    let policies = policies + &application("snd", 20) + "user = \"root\"\n";
    let scene = Scene::with(&policies);
    assert_all(&scene, &Program::start(&wanted), 20);
    assert_all(&scene, &Program::start(&other), 0);
    let nobody = Program::start(&wanted);
    nobody.step("user 65534");
    assert_all(&scene, &nobody, 0);
}
