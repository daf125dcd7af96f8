//! Programs that everybody has: curl as a client, Python as a server and as an interpreter.

use std::{
    env, fs,
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

/// Where a program of the PATH really is.
fn find(program: &str) -> String {
    let path = env::var_os("PATH").unwrap();
    let mut places = env::split_paths(&path).map(|folder| folder.join(program));
    let place = places.find(|place| place.exists());
    let place = place.unwrap_or_else(|| panic!("there is no program `{program}`"));
    fs::canonicalize(place).unwrap().to_str().unwrap().to_owned()
}

/// Where Python is that `python3` starts, which may be a script that looks for it.
fn find_python() -> String {
    find("python3");
    let link = "import os; print(os.readlink('/proc/self/exe'))";
    let output = Command::new("python3").args(["-c", link]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

#[test]
fn curl() {
    let path = find("curl");
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

/// A script is known as its interpreter.
const SCRIPT: &str = "#!/usr/bin/env -S python3 -u\nimport runpy\n\
                      runpy.run_module('http.server', run_name='__main__')\n";

#[test]
fn a_python_server() {
    if is_guest() {
        return skipped("guests have no Python, and no kernel knows of it");
    }
    let path = find_python();
    let folder = Folder::new();
    let script = folder.path().join("serve");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    for application_of in [path.as_str(), name(&path)] {
        let policies = [application(application_of, 46), application("serve", 10)].concat();
        let scene = Scene::with(&policies);
        let as_module = ["python3", "-u", "-m", "http.server"];
        let as_script = [script.to_str().unwrap()];
        for (family, words) in [(V4, &as_module[..]), (V6, &as_script)] {
            let here = endpoint(family.near, next_port());
            let mut command = Command::new(words[0]);
            command.args(&words[1..]).arg(here.port().to_string());
            command.args(["--bind", family.near]).current_dir(folder.path());
            let _server = Server::start(&mut command);
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
