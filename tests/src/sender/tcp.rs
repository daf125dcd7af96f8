//! TCP that does not wait for ever for packets that get lost.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::{AsFd as _, AsRawFd as _, OwnedFd},
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::socket::{
        AddressFamily, SockFlag, SockType, SockaddrStorage, bind, connect as connect_socket, socket,
    },
};

use crate::patience::PATIENCE;

/// A connection to a server.
pub fn connect(there: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&there, PATIENCE);
    patient(stream.unwrap_or_else(|error| panic!("connecting to {there}: {error}")))
}

/// A connection to a server from an address and port of one's own, which std can't choose.
pub fn connect_from(here: SocketAddr, there: SocketAddr) -> TcpStream {
    connect_by(there, |socket| {
        bind(socket.as_raw_fd(), &SockaddrStorage::from(here)).unwrap();
    })
}

/// A connection to a server by a socket that is made ready before it connects.
pub fn connect_by(there: SocketAddr, prepare: impl FnOnce(&OwnedFd)) -> TcpStream {
    let family = if there.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let socket = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
    prepare(&socket);
    let stream = patient(socket.into());
    connect_socket(stream.as_raw_fd(), &SockaddrStorage::from(there)).unwrap();
    stream
}

/// The next connection of a server.
pub fn accept(listener: &TcpListener) -> TcpStream {
    let mut ready = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
    let count = poll(&mut ready, PollTimeout::try_from(PATIENCE).unwrap()).unwrap();
    assert_eq!(count, 1, "nobody connects to {listener:?}");
    patient(listener.accept().unwrap().0)
}

/// Reads and writes, and a connection that is opened, fail when nothing happens any more.
fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}
