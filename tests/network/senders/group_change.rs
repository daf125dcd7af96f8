//! Groups that policies begin and cease to name while processes of them have sockets open.

use qos_tests::sender::endpoint;

use super::{
    flow::{V4, V6, next_port},
    policies::policy,
    program::{Folder, Program},
};
use crate::scene::Scene;

#[test]
fn open_sockets_follow() {
    let folder = Folder::new();
    let of = |groups: &[(u32, u8)]| -> String {
        groups.iter().map(|(group, dscp)| policy("group", group, *dscp)).collect()
    };
    let scene = Scene::with(&of(&[(1001, 10)]));
    let program = Program::start(folder.copy("snd"));
    program.step("groups 1 1001 1002 1003");
    let sockets = [(10, V4, next_port()), (11, V6, next_port())];
    for (socket, family, port) in sockets {
        program.step(format_args!("udp {socket} {}", endpoint(family.near, 0)));
        program.step(format_args!("connect {socket} {}", endpoint(family.sink, port)));
    }
    let assert_marks = |mark| {
        for (socket, family, port) in sockets {
            for _ in 0..2 {
                program.step(format_args!("send {socket} x"));
                assert_eq!(scene.mark_of(port), mark, "{family:?}");
            }
        }
    };
    assert_marks(10);
    // A group's place among those that are named changes, and others take it.
    for (groups, mark) in [
        (&[(1002, 20)][..], 20),
        (&[(1004, 30)], 0),
        (&[(1004, 30), (1003, 40)], 40),
        (&[(1003, 40), (1001, 12), (1004, 30)], 40),
        (&[(1001, 12), (1003, 40)], 12),
        (&[(1004, 30), (1005, 32), (1006, 34)], 0),
        (&[(1006, 34), (1002, 14)], 14),
    ] {
        scene.loader.replace(&of(groups));
        assert_marks(mark);
    }
}

/// A daemon that opens its sockets first, and then becomes who it is to be.
#[test]
fn who_changes_groups_is_followed() {
    let folder = Folder::new();
    let scene = Scene::with(&[policy("group", 1001, 10), policy("group", 0, 20)].concat());
    for family in [V4, V6] {
        let program = Program::start(folder.copy("snd"));
        program.step("groups 0");
        let there = endpoint(family.sink, next_port());
        let send = || {
            program.step(format_args!("send-to 10 {there} x"));
            scene.mark_of(there.port())
        };
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        assert_eq!(send(), 20, "{family:?}");
        program.step("groups 1 1001");
        assert_eq!(send(), 10, "{family:?}");
        program.step("groups 1");
        assert_eq!(send(), 0, "{family:?}");
    }
}
