//! A service whose socket the service manager opened, and hands over as systemd does. The manager
//! is this test.

use std::{
    env, io,
    net::TcpListener,
    os::{
        fd::{AsFd, AsRawFd as _},
        unix::process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use qos_tests::sender::{endpoint, udp};

use super::{
    flow::{V4, V6, next_port, served},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

const MANAGER: u8 = 10;
const SERVICE: u8 = 46;

/// Starts a program with an open socket as its descriptor 3.
fn activate(program: &Path, socket: &impl AsFd) -> Program {
    let mut command = Command::new("sh");
    command.args(["-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\""]).arg(program);
    let socket = socket.as_fd().as_raw_fd();
    // SAFETY: these are only two calls, and the socket is open until the command is started.
    let duplicate = move || match unsafe { libc::dup2(socket, 3) } {
        3 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    };
    // SAFETY: between fork and exec it makes one call, and allocates nothing.
    unsafe { command.pre_exec(duplicate) };
    let service = Program::start_by(command);
    service.step("activated 11");
    service
}

fn scene() -> Scene {
    let manager = env::current_exe().unwrap();
    let manager = application(manager.display(), MANAGER);
    Scene::with(&[application("snd", SERVICE), manager].concat())
}

/// The kernel answers a SYN by the listener, whose last known process is the manager.
#[test]
fn connections() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let scene = scene();
    for family in [V4, V6] {
        let here = endpoint(family.near, next_port());
        let service = activate(&path, &TcpListener::bind(here).unwrap());
        let marks = served(&scene, &service, 11, here);
        assert_eq!(marks[0], MANAGER, "{family:?}: SYN-ACK");
        // The answer and the FIN, behind which there is nothing.
        assert_eq!(marks[marks.len() - 2..], [SERVICE; 2], "{family:?}: {marks:?}");
    }
}

#[test]
fn datagrams() {
    let folder = Folder::new();
    let path = folder.copy("a/snd");
    let scene = scene();
    for family in [V4, V6] {
        let (here, there) = (endpoint(family.near, next_port()), endpoint(family.far, next_port()));
        let client = scene.lab.in_far(|| udp(family.far, there.port()));
        let service = activate(&path, &udp(family.near, here.port()));
        for _ in 0..2 {
            client.send_to(b"question", here).unwrap();
            service.step("reply 11 answer");
            assert_eq!(scene.mark_of(there.port()), SERVICE, "{family:?}");
        }
    }
}
