//! Packets of a socket that is open here.

use std::{
    env,
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::fd::OwnedFd,
    process::{self, Child, Command, Stdio},
    time::Instant,
};

use nix::unistd::geteuid;
use qos_tests::{loader, patience::PATIENCE};
use serde_json::Value;

use crate::command::output;

/// What is explained of the packets of a socket, and what people are told besides.
fn explained(protocol: &str, local: SocketAddr, peer: SocketAddr) -> (Value, String) {
    let socket = format!("{protocol} {local}-{peer}");
    let policies = ["-p", "name=tcp,dscp=1,protocol=tcp", "-p", "name=udp,dscp=2,protocol=udp"];
    let arguments = [&["explain", "--json", "--socket", &socket], &policies[..]].concat();
    let output = output(loader::command(), &arguments, b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{socket}: {told}");
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(explained["winner"], protocol);
    (explained["sender"].clone(), told)
}

/// This process sends them. What other tests start has its files too, until it is another program.
fn assert_ours(protocol: &str, local: SocketAddr, peer: SocketAddr) {
    let (sender, _) = explained(protocol, local, peer);
    assert_eq!(sender["pid"], process::id(), "{protocol} {local}-{peer}");
    assert_eq!(sender["application"], env::current_exe().unwrap().to_str().unwrap());
    assert_eq!(sender["user"], geteuid().as_raw());
}

#[test]
fn both_ends_of_a_connection() {
    for server in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(server).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        for end in [client, server] {
            assert_ours("tcp", end.local_addr().unwrap(), end.peer_addr().unwrap());
        }
    }
}

/// A datagram to anybody is of the socket that is bound there, one for all addresses included.
#[test]
fn sockets_without_a_connection() {
    let peer = |address: &str| address.parse().unwrap();
    for (bound, from, to) in [
        ("127.0.0.1:0", "127.0.0.1", "192.0.2.1:53"),
        ("0.0.0.0:0", "127.0.0.1", "192.0.2.1:53"),
        ("[::1]:0", "::1", "[2001:db8::1]:53"),
        ("[::]:0", "127.0.0.1", "192.0.2.1:53"),
    ] {
        let socket = UdpSocket::bind(bound).unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_ours("udp", SocketAddr::new(from.parse().unwrap(), port), peer(to));
    }
    let connected = UdpSocket::bind("127.0.0.1:0").unwrap();
    connected.connect("127.0.0.1:9").unwrap();
    assert_ours("udp", connected.local_addr().unwrap(), peer("127.0.0.1:9"));
}

#[test]
fn a_server_without_that_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = "192.0.2.1:50000".parse().unwrap();
    let (sender, told) = explained("tcp", listener.local_addr().unwrap(), peer);
    assert_eq!(sender["pid"], process::id());
    assert!(told.starts_with("note: there is no such connection now"), "{told}");
}

/// A process of another program that holds a socket. It is killed when this is dropped.
struct Holder(Child);

impl Holder {
    fn of(socket: &UdpSocket) -> Self {
        let input = OwnedFd::from(socket.try_clone().unwrap());
        let mut command = Command::new("sleep");
        Self(command.arg("1000").stdin(input).stdout(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A child that holds it too is named, and is the sender when nobody else holds it.
#[test]
fn a_socket_of_several_processes() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (local, peer) = (socket.local_addr().unwrap(), "127.0.0.1:9".parse().unwrap());
    let holder = Holder::of(&socket);
    let child = holder.0.id();
    let (sender, told) = explained("udp", local, peer);
    assert_eq!(sender["pid"], process::id());
    let others = told.strip_prefix("note: others hold the socket too, see --pid: ").unwrap();
    assert!(others.trim().split(", ").any(|pid| pid == child.to_string()), "{told}");
    drop(socket);
    until(|| explained("udp", local, peer).0["pid"] == child);
}

/// Waits for what other tests start to become other programs, which have none of our files.
fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "it does not come to that");
    }
}

/// What is left of a connection when it is closed has no process.
#[test]
fn a_connection_that_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    let (local, peer) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
    drop(client);
    let socket = format!("tcp {local}-{peer}");
    let explain = || output(loader::command(), &["explain", "--socket", &socket], b"");
    until(|| !explain().status.success());
    let output = explain();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("the socket {socket} is of no process")), "{told}");
    drop(server);
}
