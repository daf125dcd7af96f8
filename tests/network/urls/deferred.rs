//! A server that is only told of connections with data (`TCP_DEFER_ACCEPT`), as Apache is: the request
//! comes with what completes the handshake, so that the kernel hands it to the listener's hooks.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    os::fd::AsRawFd as _,
};

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrStorage, bind, listen, socket,
};
use qos_tests::sender::{endpoint, tcp};

use super::{Conversation, get, policy};
use crate::{
    scene::Scene,
    senders::flow::{V4, V6, next_port},
};

#[test]
fn the_request_comes_with_the_handshake() {
    let policies = policy("http://site:*/a", 10) + &policy("http://site:*/b", 12);
    let scene = Scene::with(&policies);
    for family in [V4, V6] {
        let port = next_port();
        let here = endpoint(family.near, port);
        let listener = deferring(here);
        for (path, mark) in [("/a", 10), ("/b", 12), ("/c", 0), ("/a", 10)] {
            let mut client = scene.lab.in_far(|| tcp::connect(here));
            let request = get(path, "site");
            client.write_all(&request).unwrap();
            let mut server = tcp::accept(&listener);
            server.read_exact(&mut vec![0; request.len()]).unwrap();
            let mut one = Conversation::of(&scene, client, server, port);
            assert_eq!(one.answer(), mark, "{path} at {}", family.near);
            // And the next one as ever.
            assert_eq!(one.ask(&[&get("/b", "site")]), 12);
        }
    }
}

/// What one client sends is nothing to the next.
#[test]
fn an_answer_comes_with_the_handshake() {
    let scene = Scene::with(&policy("http://site:*/a", 10));
    let port = next_port();
    let here = endpoint(V4.near, port);
    let listener = deferring(here);
    let answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    for (first, mark) in [(answer, 0), (get("/a", "site"), 10)] {
        let mut client = scene.lab.in_far(|| tcp::connect(here));
        client.write_all(&first).unwrap();
        let mut server = tcp::accept(&listener);
        server.read_exact(&mut vec![0; first.len()]).unwrap();
        assert_eq!(Conversation::of(&scene, client, server, port).answer(), mark);
    }
}

fn deferring(here: std::net::SocketAddr) -> TcpListener {
    let family = if here.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let listener = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
    let seconds: libc::c_int = 30;
    // SAFETY: the option is a number, which outlives the call.
    let failed = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_DEFER_ACCEPT,
            (&raw const seconds).cast(),
            libc::socklen_t::try_from(size_of_val(&seconds)).unwrap(),
        )
    };
    assert_eq!(failed, 0, "{}", std::io::Error::last_os_error());
    bind(listener.as_raw_fd(), &SockaddrStorage::from(here)).unwrap();
    listen(&listener, Backlog::new(8).unwrap()).unwrap();
    listener.into()
}
