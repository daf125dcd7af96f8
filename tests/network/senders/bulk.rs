//! Long transfers: what the kernel sends for a program later, in its own time, is the program's.

use std::{fs, io, net::TcpListener, thread};

use qos_tests::sender::{endpoint, tcp};

use super::{
    flow::{V4, V6, marks_until, next_port},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

const LENGTH: usize = 4 << 20;

/// Who connects, and who sends then.
fn transfer(sender: &str, mark: u8) {
    let folder = Folder::new();
    let file = folder.path().join("file");
    fs::write(&file, vec![0x55; LENGTH]).unwrap();
    let [first, second] = ["snd", sender].map(|name| folder.copy(name));
    let scene = Scene::with(&[application("snd", 46), application("other", 10)].concat());
    for family in [V4, V6] {
        let there = endpoint(family.far, next_port());
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        let program = Program::start(&first);
        program.step(format_args!("tcp 10 {}", endpoint(family.near, 0)));
        program.step(format_args!("connect 10 {there}"));
        let mut server = tcp::accept(&listener);
        // The ACK of the handshake is the first's own.
        assert_eq!(marks_until(&scene, there.port(), |ip| !ip.flags.0), [46, 46]);
        let reader = thread::spawn(move || io::copy(&mut server, &mut io::sink()).unwrap());
        program.step(format_args!("exec {}", second.display()));
        program.step(format_args!("send-file 10 {}", file.display()));
        program.step("close 10");
        assert_eq!(reader.join().unwrap(), LENGTH as u64);
        let marks = marks_until(&scene, there.port(), |ip| ip.flags.1);
        assert_eq!(marks, vec![mark; marks.len()], "{family:?}");
    }
}

#[test]
fn of_a_file() {
    transfer("snd", 46);
}

/// sendfile(2) goes its own way through old kernels.
#[test]
fn of_a_file_by_who_was_handed_the_connection() {
    transfer("other", 10);
}
