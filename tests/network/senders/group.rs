//! Groups: the primary one of the process that sends and its supplementary ones, however many.

use qos_tests::{
    netns::SINK_V4,
    sender::{endpoint, process::Process},
};

use super::{
    flow::{V4, V6, assert_all, datagrams, next_port},
    policies::{application, policy},
    program::{Folder, Program},
};
use crate::scene::Scene;

/// A group without a name.
const GROUP: u32 = 4242;

fn in_groups(folder: &Folder, groups: &[u32]) -> Program {
    let program = Program::start(folder.copy("snd"));
    let groups: Vec<String> = groups.iter().map(u32::to_string).collect();
    program.step(format_args!("groups {}", groups.join(" ")));
    program
}

#[test]
fn primary_and_supplementary() {
    let folder = Folder::new();
    let scene = Scene::with(&policy("group", GROUP, 46));
    for (groups, mark) in [
        (&[GROUP][..], 46),
        (&[GROUP, 1, 2], 46),
        (&[1, GROUP], 46),
        (&[1, 2, GROUP, 9000], 46),
        (&[1], 0),
        (&[1, GROUP - 1, GROUP + 1], 0),
    ] {
        assert_all(&scene, &in_groups(&folder, groups), mark);
    }
}

#[test]
fn by_name() {
    let folder = Folder::new();
    let scene = Scene::with(&policy("group", "nogroup", 46));
    assert_all(&scene, &in_groups(&folder, &[65_534]), 46);
    assert_all(&scene, &in_groups(&folder, &[1, 65_534]), 46);
    assert_all(&scene, &in_groups(&folder, &[1]), 0);
}

/// The kernel has them sorted: the one that counts is the first, in the middle, the last, missing.
#[test]
fn many_groups_of_a_process() {
    let folder = Folder::new();
    let wanted = 100_000;
    let scene = Scene::with(&policy("group", wanted, 46));
    let program = Program::start(folder.copy("snd"));
    // The kernel takes no more than the last.
    for count in [63, 64, 65, 70, 129, 1000, 65_536] {
        for (smallest, mark) in
            [(wanted, 46), (wanted - count / 2, 46), (wanted - count + 1, 46), (wanted + 1, 0)]
        {
            program.step(format_args!("group-range 1 {smallest} {count}"));
            let marks = datagrams(&scene, &program, V4);
            assert_eq!(marks, [mark; 4], "{count} groups from {smallest} on");
        }
    }
}

/// Of the policies of all its groups the best wins, whichever group that is.
#[test]
fn several_groups_that_policies_name() {
    let folder = Folder::new();
    let port = next_port();
    let narrow =
        |group: u32, dscp| policy("group", group, dscp) + &format!("destination-port = {port}\n");
    let by_application = application("snd", 40) + &format!("destination-port = {port}\n");
    let policies = [
        by_application,
        policy("group", 1001, 10),
        narrow(1002, 20),
        policy("group", 1003, 30) + "application = \"snd\"\n",
        policy("group", 1004, 12) + "application = \"other\"\n",
    ];
    let scene = Scene::with(&policies.concat());
    let program = Program::start(folder.copy("snd"));
    let elsewhere = next_port();
    for (groups, to_port, to_another) in [
        ("1", 40, 0),
        ("1001", 10, 10),
        ("1 1001 1002", 20, 10),
        ("1002 1001", 20, 10),
        ("1 1002 1004", 20, 0),
        ("1 1001 1002 1003 1004", 30, 30),
        ("1003", 30, 30),
        ("1004 1002", 20, 0),
    ] {
        program.step(format_args!("groups {groups}"));
        for family in [V4, V6] {
            for (port, mark) in [(port, to_port), (elsewhere, to_another)] {
                program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
                program.step(format_args!("send-to 10 {} x", endpoint(family.sink, port)));
                program.step("close 10");
                assert_eq!(scene.mark_of(port), mark, "{groups} to {port}, {family:?}");
            }
        }
    }
}

/// More than fit into one word.
#[test]
fn many_groups_of_policies() {
    let folder = Folder::new();
    let policies = (0..256_u32)
        .map(|number| policy("group", 10_000 + number, u8::try_from(number % 63 + 1).unwrap()));
    let scene = Scene::with(&policies.collect::<String>());
    let program = Program::start(folder.copy("snd"));
    for number in [0, 1, 31, 32, 63, 64, 65, 127, 128, 191, 192, 255] {
        program.step(format_args!("groups 1 {}", 10_000 + number));
        let mark = u8::try_from(number % 63 + 1).unwrap();
        assert_eq!(datagrams(&scene, &program, V4), [mark; 4], "group {number}");
    }
    // Of equal ones the first wins.
    program.step("group-range 1 10130 100");
    assert_eq!(datagrams(&scene, &program, V4), [130 % 63 + 1; 4]);
    program.step("groups 1 9999 10256");
    assert_eq!(datagrams(&scene, &program, V4), [0; 4]);
}

/// The set before stays in force.
#[test]
fn more_than_there_is_room_for() {
    let scene = Scene::with(&policy("user", 0, 10));
    let groups: Vec<String> = (1000..1257).map(|group| group.to_string()).collect();
    let groups = groups.join(", ");
    scene.loader.reload(&format!("[[policy]]\nname = \"p\"\ndscp = 1\ngroup = [{groups}]\n"));
    scene.loader.wait_for_log("the policies name more than 256 groups event=16606");
    scene.loader.wait_for_log("event=16700");
    Process::default().send(SINK_V4, 5000);
    assert_eq!(scene.mark_of(5000), 10);
}
