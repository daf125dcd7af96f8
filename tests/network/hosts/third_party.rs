//! A name server and clients that everybody has.

use std::{
    fs,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use qos_tests::{
    kernel::{is_guest, skipped},
    netns::{FAR_V4, SINK_V4, SINK_V6},
    patience::PATIENCE,
};

use super::{policy, wait_for};
use crate::scene::Scene;

/// Killed when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// dnsmasq answers, and the C library's resolver asks by a file of its own.
#[test]
fn dnsmasq_and_the_c_library() {
    if is_guest() {
        skipped("guests have no name server, and no kernel knows of it");
        return;
    }
    let scene = Scene::with(&policy("\"*.example.com\""));
    let mut dnsmasq = Command::new("dnsmasq");
    dnsmasq.args([
        "--no-daemon",
        "--no-resolv",
        "--no-hosts",
        "--conf-file=/dev/null",
        "--user=root",
    ]);
    dnsmasq.args(["--bind-interfaces", "--pid-file=", &format!("--listen-address={FAR_V4}")]);
    dnsmasq.arg(format!("--host-record=node.example.net,{SINK_V4},{SINK_V6}"));
    dnsmasq.args(["--cname=www.example.com,node.example.net"]);
    let dnsmasq = dnsmasq.stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Server(scene.lab.in_far(|| dnsmasq.spawn().expect("dnsmasq")));
    let folder = tempfile::tempdir().unwrap();
    let resolver = folder.path().join("resolv.conf");
    fs::write(&resolver, format!("nameserver {FAR_V4}\n")).unwrap();
    let script = format!(
        "mount --bind {} /etc/resolv.conf && echo data > /dev/udp/www.example.com/5001",
        resolver.display()
    );
    let end = Instant::now() + PATIENCE;
    // Until the server serves.
    while !look_up(&script) {
        assert!(Instant::now() < end, "www.example.com is not found");
        thread::sleep(Duration::from_millis(50));
    }
    wait_for(&scene, SINK_V4, 10);
    wait_for(&scene, SINK_V6, 10);
}

/// In a mount namespace of its own.
fn look_up(script: &str) -> bool {
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", script]).stderr(Stdio::null());
    command.status().unwrap().success()
}
