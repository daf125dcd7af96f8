//! Policies that come and go by a reload apply to sockets that are open.

use std::{
    io::Read as _,
    net::{SocketAddr, TcpListener, TcpStream},
};

use qos_tests::{
    loader::Loader,
    sender::{endpoint, tcp},
};

use super::{
    flow::{Family, V4, V6, marks_until, next_port},
    policies::{application, policy},
    program::{Folder, Program},
};
use crate::scene::Scene;

const OF_NOBODY: &str = "[[policy]]\nname = \"p\"\ndestination-port = 1\ndscp = 1\n";

/// Sockets that a program keeps open: unconnected, connected, a connection.
#[derive(Debug)]
struct Open {
    sink: SocketAddr,
    there: SocketAddr,
    server: TcpStream,
    first: i32,
}

impl Open {
    fn new(scene: &Scene, program: &Program, family: Family, first: i32) -> Self {
        let [sink, there] = [family.sink, family.far].map(|to| endpoint(to, next_port()));
        let here = endpoint(family.near, 0);
        program.step(format_args!("udp {first} {here}"));
        program.step(format_args!("udp {} {here}", first + 1));
        program.step(format_args!("connect {} {sink}", first + 1));
        program.step(format_args!("tcp {} {here}", first + 2));
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        program.step(format_args!("connect {} {there}", first + 2));
        let server = tcp::accept(&listener);
        // The last ACK of the handshake.
        marks_until(scene, there.port(), |ip| !ip.flags.0);
        Self { sink, there, server, first }
    }

    /// What the next packet of each carries. The connected ones come first: nothing tells of their
    /// senders before they send.
    fn marks(&mut self, scene: &Scene, program: &Program) -> [u8; 3] {
        program.step(format_args!("send {} x", self.first + 1));
        let connected = scene.mark_of(self.sink.port());
        program.step(format_args!("send-to {} {} x", self.first, self.sink));
        let unconnected = scene.mark_of(self.sink.port());
        program.step(format_args!("send {} x", self.first + 2));
        self.server.read_exact(&mut [0]).unwrap();
        let segments = marks_until(scene, self.there.port(), |_| true);
        [connected, unconnected, segments[0]]
    }
}

/// Puts each set of policies in force by `replace`, and looks what open sockets get.
fn check(replace: impl Fn(&Loader, &str)) {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let by_path = application(path.display(), 46);
    let by_name = application("snd", 10);
    let of_another = application("other", 30);
    let by_user = policy("user", "root", 20);
    let scene = Scene::with(OF_NOBODY);
    let program = Program::start(&path);
    let mut open =
        [(20, V4), (30, V6)].map(|(first, family)| Open::new(&scene, &program, family, first));
    let mut assert_marks = |mark| {
        for open in &mut open {
            assert_eq!(open.marks(&scene, &program), [mark; 3], "{open:?}");
        }
    };
    assert_marks(0);
    for (policies, mark) in [
        (by_path.clone(), 46),
        ([by_path, by_name.clone()].concat(), 46),
        (by_name.clone(), 10),
        (of_another.clone(), 0),
        ([of_another, by_user.clone()].concat(), 20),
        ([by_name, by_user].concat(), 20),
        (OF_NOBODY.to_owned(), 0),
        (application("snd", 12), 12),
    ] {
        replace(&scene.loader, &policies);
        assert_marks(mark);
    }
}

#[test]
fn by_a_signal() {
    check(Loader::replace);
}

#[test]
fn by_a_file_that_changes() {
    check(|loader, policies| {
        loader.change_file(policies);
        loader.wait_for_log("event=16501");
    });
}
