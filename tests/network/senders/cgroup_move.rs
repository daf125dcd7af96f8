//! A process that moves from one cgroup to another takes its sockets along, with its next send.

use std::{fs, io::Read as _, net::TcpListener, path::Path};

use qos_tests::{
    capture::dscps,
    sender::{endpoint, tcp},
};

use super::{
    flow::{V4, V6, assert_all, marks_until, next_port},
    hooks::{self, Known},
    policies::policy,
    program::{Folder, Program},
};
use crate::{
    scene::Scene,
    sender::cgroup::{Cgroup, mount},
};

const ONE: u8 = 10;
const TWO: u8 = 20;

/// A program in the first of two cgroups that have a policy each.
struct Bed {
    program: Program,
    scene: Scene,
    one: Cgroup,
    two: Cgroup,
    _folder: Folder,
}

impl Bed {
    fn new() -> Self {
        let folder = Folder::new();
        let [one, two] = ["one", "two"].map(Cgroup::new);
        let policies = [policy("cgroup", &one.name, ONE), policy("cgroup", &two.name, TWO)];
        let scene = Scene::with(&policies.concat());
        let program = Program::start(folder.copy("snd"));
        enter(&one.folder, &program);
        Self { program, scene, one, two, _folder: folder }
    }

    fn move_to(&self, folder: &Path) {
        enter(folder, &self.program);
    }
}

pub(crate) fn enter(folder: &Path, program: &Program) {
    fs::write(folder.join("cgroup.procs"), program.pid().to_string()).unwrap();
}

#[test]
fn new_sockets() {
    let bed = Bed::new();
    for (folder, mark) in [(&bed.one.folder, ONE), (&bed.two.folder, TWO), (&mount(), 0)] {
        bed.move_to(folder);
        assert_all(&bed.scene, &bed.program, mark);
    }
}

#[test]
fn unconnected_datagrams() {
    let bed = Bed::new();
    for family in [V4, V6] {
        let there = endpoint(family.sink, next_port());
        bed.program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        for (folder, mark) in
            [(&bed.one.folder, ONE), (&bed.two.folder, TWO), (&mount(), 0), (&bed.one.folder, ONE)]
        {
            bed.move_to(folder);
            bed.program.step(format_args!("send-to 10 {there} x"));
            assert_eq!(bed.scene.mark_of(there.port()), mark, "{family:?}");
        }
        bed.program.step("close 10");
    }
}

#[test]
fn connected_datagrams() {
    let bed = Bed::new();
    for family in [V4, V6] {
        let there = endpoint(family.sink, next_port());
        bed.program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        bed.program.step(format_args!("connect 10 {there}"));
        bed.program.step("send 10 x");
        bed.move_to(&bed.two.folder);
        for _ in 0..3 {
            bed.program.step("send 10 x");
        }
        bed.program.step("close 10");
        bed.move_to(&bed.one.folder);
        let first = match hooks::of_connected_datagrams(&bed.scene.loader) {
            Known::Before => TWO,
            Known::Behind => ONE,
        };
        let marks = dscps(&bed.scene.capture.to_port(there.port(), 4));
        assert_eq!(marks, [ONE, first, TWO, TWO], "{family:?}");
    }
}

#[test]
fn a_connection() {
    let bed = Bed::new();
    for family in [V4, V6] {
        let there = endpoint(family.far, next_port());
        let listener = bed.scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        bed.program.step(format_args!("tcp 10 {}", endpoint(family.near, 0)));
        bed.program.step(format_args!("connect 10 {there}"));
        let mut server = tcp::accept(&listener);
        let mut send = || {
            bed.program.step("send 10 x");
            server.read_exact(&mut [0]).unwrap();
            let is_data = |payload: &[u8]| payload == b"x";
            marks_until(&bed.scene, there.port(), |ip| is_data(&ip.payload))
        };
        let marks = send();
        assert_eq!(marks, vec![ONE; marks.len()], "{family:?}");
        bed.move_to(&bed.two.folder);
        if hooks::of_segments(&bed.scene.loader) == Known::Behind {
            send();
        }
        assert_eq!(send(), [TWO], "{family:?}");
        bed.program.step("close 10");
        bed.move_to(&bed.one.folder);
    }
}
