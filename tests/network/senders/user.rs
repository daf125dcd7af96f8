//! Users by the ids of the first namespace, whatever they are called in a namespace of their own.

use qos_tests::sender::endpoint;

use super::{
    flow::{V4, V6, assert_all, next_port},
    policies::policy,
    program::{Folder, Program},
};
use crate::scene::Scene;

const USER: u32 = 12_345;

#[test]
fn by_number_and_name() {
    let folder = Folder::new();
    let policies = [policy("user", USER, 46), policy("user", "nobody", 10)];
    let scene = Scene::with(&policies.concat());
    for (user, mark) in [(USER, 46), (65_534, 10), (USER + 1, 0), (0, 0)] {
        let program = Program::start(folder.copy("snd"));
        program.step(format_args!("user {user}"));
        assert_all(&scene, &program, mark);
    }
}

/// A socket is its owner's, who opened it, whoever sends with it.
#[test]
fn who_opened_the_socket_counts() {
    let folder = Folder::new();
    let policies = [policy("user", USER, 46), policy("user", "root", 10)];
    let scene = Scene::with(&policies.concat());
    for family in [V4, V6] {
        let program = Program::start(folder.copy("snd"));
        let port = next_port();
        let mark = || {
            program.step(format_args!("send-to 10 {} x", endpoint(family.sink, port)));
            scene.mark_of(port)
        };
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("user {USER}"));
        assert_eq!(mark(), 10, "{family:?}");
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        assert_eq!(mark(), 46, "{family:?}");
    }
}

#[test]
fn root_of_a_namespace_is_not_root() {
    let folder = Folder::new();
    let policies = [policy("user", USER, 46), policy("user", "root", 10)];
    let scene = Scene::with(&policies.concat());
    let program = Program::start(folder.copy("snd"));
    program.step(format_args!("user {USER}"));
    program.step("user-namespace");
    assert_all(&scene, &program, 46);
}

#[test]
fn so_it_is_with_its_groups() {
    let folder = Folder::new();
    let policies = [policy("group", USER, 46), policy("group", "root", 10)];
    let scene = Scene::with(&policies.concat());
    let program = Program::start(folder.copy("snd"));
    program.step(format_args!("groups {USER}"));
    program.step(format_args!("user {USER}"));
    program.step("user-namespace");
    assert_all(&scene, &program, 46);
}
