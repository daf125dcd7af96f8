//! UDP and TCP.

use std::{
    fs::File,
    io,
    net::SocketAddr,
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd},
    ptr,
    str::FromStr as _,
};

use nix::sys::socket::{
    AddressFamily, Backlog, MsgFlags, Shutdown, SockFlag, SockProtocol, SockType, SockaddrStorage,
    bind, recv, recvfrom, sendto, setsockopt, sockopt,
};

use crate::descriptor::{get, place};

fn address(text: &str) -> SockaddrStorage {
    SocketAddr::from_str(text).unwrap().into()
}

/// A UDP socket at an address.
pub(crate) fn udp(number: RawFd, here: &str) {
    open(number, here, SockType::Datagram);
}

/// A TCP socket at an address.
pub(crate) fn tcp(number: RawFd, here: &str) {
    open(number, here, SockType::Stream);
}

/// A raw socket for ICMP at an address.
pub(crate) fn raw(number: RawFd, here: &str) {
    open(number, here, SockType::Raw);
}

fn open(number: RawFd, here: &str, kind: SockType) {
    let is_v4 = SocketAddr::from_str(here).unwrap().is_ipv4();
    let family = if is_v4 { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let protocol = match (kind, is_v4) {
        (SockType::Raw, true) => Some(SockProtocol::Icmp),
        (SockType::Raw, false) => Some(SockProtocol::IcmpV6),
        _ => None,
    };
    let socket = nix::sys::socket::socket(family, kind, SockFlag::empty(), protocol).unwrap();
    setsockopt(&socket, sockopt::ReuseAddr, &true).unwrap();
    bind(socket.as_raw_fd(), &address(here)).unwrap();
    place(&socket, number);
}

pub(crate) fn connect(number: RawFd, there: &str) {
    nix::sys::socket::connect(number, &address(there)).unwrap();
}

pub(crate) fn listen(number: RawFd) {
    nix::sys::socket::listen(&get(number), Backlog::new(8).unwrap()).unwrap();
}

pub(crate) fn accept(listener: RawFd, number: RawFd) {
    let accepted = nix::sys::socket::accept(listener).unwrap();
    // SAFETY: it is new, and nobody else's.
    place(&unsafe { OwnedFd::from_raw_fd(accepted) }, number);
}

pub(crate) fn send(number: RawFd, text: &str) {
    let sent = nix::sys::socket::send(number, text.as_bytes(), MsgFlags::empty());
    assert_eq!(sent, Ok(text.len()));
}

pub(crate) fn send_to(number: RawFd, there: &str, text: &str) {
    let sent = sendto(number, text.as_bytes(), &address(there), MsgFlags::empty());
    assert_eq!(sent, Ok(text.len()));
}

/// Sends a file without reading it.
pub(crate) fn send_file(number: RawFd, path: &str) {
    let file = File::open(path).unwrap();
    let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
    // SAFETY: both are open, and from where on it reads is the file's own.
    let sent = unsafe { libc::sendfile(number, file.as_raw_fd(), ptr::null_mut(), length) };
    assert_eq!(usize::try_from(sent), Ok(length), "{}", io::Error::last_os_error());
}

/// Waits for this text.
pub(crate) fn receive(number: RawFd, text: &str) {
    let mut received = vec![0; text.len()];
    let length = recv(number, &mut received, MsgFlags::MSG_WAITALL).unwrap();
    assert_eq!(&received[..length], text.as_bytes());
}

/// Waits for a datagram, and answers whoever sent it.
pub(crate) fn reply(number: RawFd, text: &str) {
    let (_, there) = recvfrom::<SockaddrStorage>(number, &mut [0; 512]).unwrap();
    let sent = sendto(number, text.as_bytes(), &there.unwrap(), MsgFlags::empty());
    assert_eq!(sent, Ok(text.len()));
}

/// Sends no more.
pub(crate) fn shutdown(number: RawFd) {
    nix::sys::socket::shutdown(number, Shutdown::Write).unwrap();
}

/// Waits until the other side sends no more.
pub(crate) fn ended(number: RawFd) {
    assert_eq!(recv(number, &mut [0], MsgFlags::empty()), Ok(0));
}
