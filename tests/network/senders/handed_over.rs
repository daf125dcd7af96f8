//! A socket that is handed over is of whoever sends with it: of the program after `exec`, of the
//! process that took it by `SCM_RIGHTS`.

use std::{fs, io::Read as _, net::TcpListener, path::PathBuf};

use qos_tests::{
    capture::dscps,
    sender::{endpoint, tcp},
};

use super::{
    flow::{Family, V4, V6, marks_until, next_port},
    hooks::{self, Known},
    policies::{application, policy},
    program::{Folder, Program},
};
use crate::scene::Scene;

const OLD: u8 = 46;
const NEW: u8 = 10;

struct Bed {
    folder: Folder,
    first: PathBuf,
    second: PathBuf,
    scene: Scene,
}

/// Makes another program of one, which has its socket 10; perhaps the first is there still.
type HandOver = fn(&Bed, Program) -> (Program, Option<Program>);

fn by_exec(bed: &Bed, program: Program) -> (Program, Option<Program>) {
    program.step(format_args!("exec {}", bed.second.display()));
    (program, None)
}

fn by_scm_rights(bed: &Bed, program: Program) -> (Program, Option<Program>) {
    let heir = Program::start(&bed.second);
    let mailbox = bed.folder.path().join("mailbox");
    heir.step(format_args!("mailbox 20 {}", mailbox.display()));
    program.step(format_args!("give 10 {}", mailbox.display()));
    heir.step("take 20 10");
    fs::remove_file(&mailbox).unwrap();
    (heir, Some(program))
}

fn in_all_ways(check: impl Fn(&Bed, HandOver, Family)) {
    let folder = Folder::new();
    let [first, second] = ["a/snd", "b/other"].map(|place| folder.copy(place));
    let scene = Scene::with(&[application("snd", OLD), application("other", NEW)].concat());
    let bed = Bed { folder, first, second, scene };
    for hand_over in [by_exec as HandOver, by_scm_rights] {
        for family in [V4, V6] {
            check(&bed, hand_over, family);
        }
    }
}

#[test]
fn unconnected_datagrams() {
    in_all_ways(|bed, hand_over, family| {
        let there = endpoint(family.sink, next_port());
        let send = format!("send-to 10 {there} x");
        let program = Program::start(&bed.first);
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        program.step(&send);
        let (heir, program) = hand_over(bed, program);
        heir.step(&send);
        heir.step(&send);
        assert_eq!(dscps(&bed.scene.capture.to_port(there.port(), 3)), [OLD, NEW, NEW]);
        // Both have it: the mark goes to and fro.
        let Some(program) = program else { return };
        for (sender, mark) in [(&program, OLD), (&heir, NEW), (&program, OLD)] {
            sender.step(&send);
            assert_eq!(bed.scene.mark_of(there.port()), mark);
        }
    });
}

#[test]
fn connected_datagrams() {
    in_all_ways(|bed, hand_over, family| {
        let there = endpoint(family.sink, next_port());
        let program = Program::start(&bed.first);
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("connect 10 {there}"));
        program.step("send 10 x");
        let (heir, _program) = hand_over(bed, program);
        for _ in 0..3 {
            heir.step("send 10 x");
        }
        let first = match hooks::of_connected_datagrams(&bed.scene.loader) {
            Known::Before => NEW,
            Known::Behind => OLD,
        };
        let marks = dscps(&bed.scene.capture.to_port(there.port(), 4));
        assert_eq!(marks, [OLD, first, NEW, NEW], "{family:?}");
    });
}

#[test]
fn a_connection() {
    in_all_ways(|bed, hand_over, family| {
        let there = endpoint(family.far, next_port());
        let listener = bed.scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        let program = Program::start(&bed.first);
        program.step(format_args!("tcp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("connect 10 {there}"));
        let mut server = tcp::accept(&listener);
        let until = |text: &[u8]| marks_until(&bed.scene, there.port(), |ip| ip.payload == text);
        let mut say = |program: &Program, text: &str| {
            program.step(format_args!("send 10 {text}"));
            server.read_exact(&mut vec![0; text.len()]).unwrap();
            until(text.as_bytes())
        };
        let marks = say(&program, "one");
        assert_eq!(marks, vec![OLD; marks.len()]);
        let (heir, program) = hand_over(bed, program);
        if hooks::of_segments(&bed.scene.loader) == Known::Behind {
            say(&heir, "two");
        }
        assert_eq!(say(&heir, "three"), [NEW], "{family:?}");
        drop(program);
        heir.step("shutdown 10");
        assert_eq!(marks_until(&bed.scene, there.port(), |ip| ip.flags.1), [NEW], "FIN");
    });
}

/// Who sends last has it, whatever the loader looks at when it learns of another group.
#[test]
fn a_socket_of_two_programs_at_a_reload() {
    in_all_ways(|bed, hand_over, family| {
        let policies = [application("snd", OLD), application("other", NEW)].concat();
        let there = endpoint(family.sink, next_port());
        let program = Program::start(&bed.first);
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("connect 10 {there}"));
        let (heir, Some(program)) = hand_over(bed, program) else { return };
        for (sender, mark) in [(&program, OLD), (&heir, NEW), (&program, OLD)] {
            sender.step("send 10 x");
            sender.step("send 10 x");
            bed.scene.capture.to_port(there.port(), 2);
            bed.scene.loader.replace(&[&policies, &policy("group", next_port(), 1)[..]].concat());
            sender.step("send 10 x");
            assert_eq!(bed.scene.mark_of(there.port()), mark, "{family:?}");
        }
    });
}
