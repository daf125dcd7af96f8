//! A name server and clients that everybody has.

use std::{
    fs,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use qos_tests::{
    kernel::{is_guest, skipped},
    netns::{FAR_V4, FAR_V6, Lab},
    patience::PATIENCE,
};

use super::{addresses_of, mark, policy, unseen, wait_for};
use crate::scene::Scene;

/// dnsmasq on the far side. Killed when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Server {
    /// `www0.example.com` and so on are aliases of aliases of names with the addresses of [`host`] `first`
    /// and so on.
    fn start(lab: &Lab, first: usize, count: usize) -> Self {
        let mut dnsmasq = Command::new("dnsmasq");
        dnsmasq.args(["--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null"]);
        dnsmasq.args(["--user=root", "--bind-interfaces", "--pid-file="]);
        dnsmasq.args([FAR_V4, FAR_V6].map(|address| format!("--listen-address={address}")));
        for index in 0..count {
            let [v4, v6] = host(first + index);
            dnsmasq.arg(format!("--host-record=node{index}.example.org,{v4},{v6}"));
            dnsmasq.arg(format!("--cname=edge{index}.example.net,node{index}.example.org"));
            dnsmasq.arg(format!("--cname=www{index}.example.com,edge{index}.example.net"));
        }
        let dnsmasq = dnsmasq.stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self(lab.in_far(|| dnsmasq.spawn().expect("dnsmasq")));
        let (end, ask) = (Instant::now() + PATIENCE, "getent ahosts www0.example.com");
        while !ask_with(SERVERS[0], ask) || !ask_with(SERVERS[1], ask) {
            assert!(Instant::now() < end, "dnsmasq does not answer");
            thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

/// The addresses of a host.
fn host(index: usize) -> [String; 2] {
    [format!("10.78.3.{}", 1 + index), format!("fd78::3:{}", 1 + index)]
}

/// Runs a script whose resolver asks a server, with these options, in a mount namespace of its own.
fn ask_with((server, options): (&str, &str), script: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let resolver = folder.path().join("resolv.conf");
    fs::write(&resolver, format!("nameserver {server}\n{options}\n")).unwrap();
    let script = format!("mount --bind {} /etc/resolv.conf && {script}", resolver.display());
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", &script]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

/// Over UDP, and, where the option says so, over TCP.
const SERVERS: [(&str, &str); 4] =
    [(FAR_V4, ""), (FAR_V6, ""), (FAR_V4, "options use-vc"), (FAR_V6, "options use-vc")];

/// Scripts of programs that look `NAME` up. curl finds nobody who answers.
const PROGRAMS: [&str; 4] = [
    "getent ahosts NAME",
    "python3 -c 'import socket; socket.getaddrinfo(\"NAME\", 80)'",
    "echo data > /dev/udp/NAME/5001",
    "{ curl --silent --max-time 0.2 http://NAME:5002/; [ $? = 28 ]; }",
];

#[test]
fn programs_ask_dnsmasq() {
    if is_guest() {
        skipped("guests have no name server, and no kernel knows of it");
        return;
    }
    let scene = Scene::with(&policy("\"*.example.com\""));
    let _server = Server::start(&scene.lab, 0, 1 + SERVERS.len() * PROGRAMS.len());
    let pairs = SERVERS.into_iter().flat_map(|server| PROGRAMS.map(|program| (server, program)));
    for (index, (server, program)) in (1..).zip(pairs) {
        let name = format!("www{index}.example.com");
        let addresses = host(index);
        assert_eq!(addresses.each_ref().map(|address| mark(&scene, address)), [0; 2]);
        assert!(ask_with(server, &program.replace("NAME", &name)), "{program} by {server:?}");
        for address in &addresses {
            wait_for(&scene, address, 10);
        }
        // All names on the way have the addresses, and what asks for both asks twice.
        for name in [name, format!("edge{index}.example.net"), format!("node{index}.example.org")] {
            assert_eq!(addresses_of(&name), addresses, "{program} by {server:?}");
        }
    }
    assert_eq!(unseen(), [0; 4]);
}

/// A host that moves: programs may go on with the address before.
#[test]
fn dnsmasq_comes_back_with_other_addresses() {
    if is_guest() {
        skipped("guests have no name server, and no kernel knows of it");
        return;
    }
    let scene = Scene::with(&policy("[\"www0.example.com\", \"edge1.example.net\"]"));
    let ask = |index| {
        assert!(ask_with(SERVERS[0], &format!("getent ahosts www{index}.example.com")));
    };
    for first in [0, 10] {
        let _server = Server::start(&scene.lab, first, 3);
        (0..3).for_each(ask);
        for address in [host(first), host(first + 1)].concat() {
            wait_for(&scene, &address, 10);
        }
    }
    for (index, dscp) in [(0, 10), (1, 10), (2, 0), (10, 10), (11, 10), (12, 0)] {
        assert_eq!(host(index).map(|address| mark(&scene, &address)), [dscp; 2], "{index}");
    }
    assert_eq!(addresses_of("www0.example.com").len(), 4);
}
