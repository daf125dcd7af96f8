//! Programs that everybody has: curl as a client, Python as a server and as an interpreter.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
};

use qos_tests::{
    kernel::{is_guest, skipped},
    loader::output::Lines,
    sender::{endpoint, tcp},
};

use super::{
    flow::{V4, V6, marks_until, next_port},
    policies::application,
    program::Folder,
};
use crate::scene::Scene;

/// What a program calls itself, by the kernel's word.
fn path_of(program: &str, link_of_itself: &mut Command) -> String {
    let output = link_of_itself.output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed: {error}"));
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

#[test]
fn curl() {
    let path = path_of("curl", Command::new("sh").args(["-c", "readlink -f $(command -v curl)"]));
    for application_of in [path.as_str(), name(&path)] {
        let scene = Scene::with(&application(application_of, 46));
        for family in [V4, V6] {
            let there = endpoint(family.far, next_port());
            let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
            let url = format!("http://{there}/");
            let mut command = Command::new("curl");
            command.args(["--silent", "--show-error", "--noproxy", "*", &url]);
            let client = command.stdout(Stdio::piped()).spawn().unwrap();
            let mut server = tcp::accept(&listener);
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                server.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            server.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nanswer").unwrap();
            drop(server);
            let output = client.wait_with_output().unwrap();
            assert_eq!(output.stdout, b"answer");
            let marks = marks_until(&scene, there.port(), |ip| ip.flags.1);
            assert_eq!(marks, vec![46; marks.len()], "{application_of} to {there}");
        }
    }
}

/// A server that is killed when this is dropped.
struct Server(Child);

impl Server {
    /// Starts it, and waits until it serves.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = Lines::of(child.stdout.take().unwrap());
        let server = Self(child);
        assert!(output.wait_for("Serving HTTP").is_some(), "{command:?} does not serve");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

const LINK: &str = "import os; print(os.readlink('/proc/self/exe'))";

/// A script is known as its interpreter.
const SCRIPT: &str = "#!/usr/bin/env -S python3 -u\nimport runpy\n\
                      runpy.run_module('http.server', run_name='__main__')\n";

#[test]
fn a_python_server() {
    if is_guest() {
        return skipped("guests have no Python, and no kernel knows of it");
    }
    let path = path_of("python3", Command::new("python3").args(["-c", LINK]));
    let folder = Folder::new();
    let script = folder.path().join("serve");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    for application_of in [path.as_str(), name(&path)] {
        let policies = [application(application_of, 46), application("serve", 10)].concat();
        let scene = Scene::with(&policies);
        for (family, program) in [(V4, "serve"), (V6, "-m")] {
            let here = endpoint(family.near, next_port());
            let mut command = match program {
                "-m" => Command::new("python3"),
                _ => Command::new(&script),
            };
            if program == "-m" {
                command.args(["-u", "-m", "http.server"]);
            }
            command.current_dir(folder.path()).arg(here.port().to_string());
            let _server = Server::start(command.args(["--bind", family.near]));
            let mut client = scene.lab.in_far(|| tcp::connect(here));
            client.write_all(b"GET /serve HTTP/1.0\r\n\r\n").unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            assert!(answer.ends_with(SCRIPT), "{answer}");
            let marks = marks_until(&scene, here.port(), |ip| ip.flags.1);
            assert_eq!(marks, vec![46; marks.len()], "{application_of} at {here}");
        }
    }
}
