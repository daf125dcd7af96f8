//! `explain` by what runs: other users, other cgroups, other network namespaces.

use std::{
    fs,
    net::UdpSocket,
    os::fd::OwnedFd,
    path::PathBuf,
    process::{self, Child, Command, Output},
};

use nix::sys::socket::{setsockopt, sockopt};
use qos_tests::{
    loader,
    netns::{FAR_V4, Lab, NEAR, NEAR_V4, OTHER_NEAR_V4},
    sender::udp,
};
use serde_json::{Value, json};

use crate::sender::cgroup::{mount, remove_when_empty};

/// A process of somebody else in a cgroup of its own, that holds a socket. It is killed when this
/// is dropped.
struct Other {
    child: Child,
    name: String,
    folder: PathBuf,
}

impl Other {
    fn with(socket: UdpSocket) -> Self {
        let name = format!("/qos-tests-{}-explain", process::id());
        let folder = mount().join(&name[1..]);
        fs::create_dir(&folder).unwrap();
        let script = format!(
            "echo $$ > {}/cgroup.procs && \
             exec setpriv --reuid=5 --regid=60 --groups=20,4000000000 sleep 1000",
            folder.display()
        );
        let mut command = Command::new("bash");
        let child = command.args(["-c", &script]).stdin(OwnedFd::from(socket)).spawn().unwrap();
        let other = Self { child, name, folder };
        let status = format!("/proc/{}/comm", other.child.id());
        while fs::read_to_string(&status).unwrap() != "sleep\n" {
            std::thread::yield_now();
        }
        other
    }

    /// Who it is. Its socket was made by somebody else.
    fn sender(&self, user: u32) -> Value {
        let application = fs::read_link(format!("/proc/{}/exe", self.child.id())).unwrap();
        json!({
            "pid": self.child.id(),
            "application": application,
            "user": user,
            "groups": [20, 60, 4_000_000_000_u32],
            "cgroup": self.name,
        })
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        remove_when_empty(&self.folder);
    }
}

/// The groups are those that the process has, and none that its user is in by name.
const POLICIES: [&str; 6] = [
    "-p",
    "name=by group,dscp=1,group=4000000000",
    "-p",
    "name=by user's group,dscp=2,group=0",
    "-p",
    "name=all,dscp=3",
];

fn explain(mut command: Command, options: &[&str]) -> Output {
    command.args(["explain", "--json"]).args(POLICIES).args(options).output().unwrap()
}

fn document(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The program without any privileges.
fn unprivileged(program: &std::path::Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--clear-groups", "--inh-caps=-all"]).arg(program);
    command
}

#[test]
fn somebody_elses_process_in_its_cgroup() {
    let _lab = Lab::new();
    let socket = udp(NEAR_V4, 5000);
    let other = Other::with(socket);
    let packet = ["--protocol", "udp", "--source", NEAR_V4, "--destination", FAR_V4];
    let pid = other.child.id().to_string();
    let by_pid = document(&explain(loader::command(), &[&packet[..], &["--pid", &pid]].concat()));
    assert_eq!(by_pid["sender"], other.sender(5));
    // The socket was root's when it was made, and stays so.
    let name = format!("udp {NEAR_V4}:5000-{FAR_V4}:6000");
    let by_socket = document(&explain(loader::command(), &["--socket", &name]));
    assert_eq!(by_socket["sender"], other.sender(0));
    for explained in [by_pid, by_socket] {
        assert_eq!(explained["matches"], json!(["by group", "all"]));
    }
}

#[test]
fn what_can_be_seen_without_privileges() {
    let _lab = Lab::new();
    let other = Other::with(udp(NEAR_V4, 5000));
    let (_folder, program) = loader::copy_for_everybody();
    let name = format!("udp {NEAR_V4}:5000-{FAR_V4}:6000");
    let by_socket = explain(unprivileged(&program), &["--socket", &name]);
    let told = String::from_utf8_lossy(&by_socket.stderr);
    assert!(told.starts_with("note: no process is seen to hold the socket"), "{told}");
    let sender = &document(&by_socket)["sender"];
    assert_eq!([&sender["pid"], &sender["application"]], [&Value::Null; 2]);
    assert_eq!(sender["user"], 0);

    let pid = other.child.id().to_string();
    let packet = ["--protocol", "udp", "--source", NEAR_V4, "--destination", FAR_V4];
    let packet = [&packet[..], &["--pid", &pid]].concat();
    let refused = explain(unprivileged(&program), &packet);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("can't read the executable of process"), "{told}");
    // Nothing else needs any.
    let said = explain(unprivileged(&program), &[&packet[..], &["--application", "/a"]].concat());
    assert_eq!(document(&said)["sender"]["user"], 5);
}

#[test]
fn sockets_of_this_network_namespace_alone() {
    let lab = Lab::new();
    let _there = lab.in_far(|| udp(FAR_V4, 5000));
    let name = format!("udp {FAR_V4}:5000-{NEAR_V4}:6000");
    let absent = explain(loader::command(), &["--socket", &name]);
    assert_eq!(absent.status.code(), Some(1), "{absent:?}");
    lab.in_far(|| document(&explain(loader::command(), &["--socket", &name])));
}

/// One that is bound to a device is found, and the more exact of two wins, as for packets.
#[test]
fn sockets_that_share_a_port() {
    let _lab = Lab::new();
    let other = Other::with(udp(OTHER_NEAR_V4, 5000));
    let ours = udp(NEAR_V4, 5000);
    setsockopt(&ours, sockopt::BindToDevice, &NEAR.into()).unwrap();
    for (local, pid) in [(NEAR_V4, process::id()), (OTHER_NEAR_V4, other.child.id())] {
        let name = format!("udp {local}:5000-{FAR_V4}:6000");
        let explained = document(&explain(loader::command(), &["--socket", &name]));
        assert_eq!(explained["sender"]["pid"], pid, "{name}");
    }
}
