//! Whose a filter is. Its name says which loader made it, and that of an abstract Unix socket says
//! whether the loader still lives: the socket ends with the process, however that ends, and belongs
//! to the network namespace, as the filter does. Process numbers would not tell, since containers
//! that share a network namespace each have their own.

use std::{
    io, process,
    time::{SystemTime, UNIX_EPOCH},
};

use nix::{
    sys::socket::{getsockopt, sockopt::PeerCredentials},
    unistd::geteuid,
};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::kernel::netlink::Entry;

/// How the names of our filters and sockets begin.
const PREFIX: &str = "qos-loader-filter/";

/// How the name of a filter ends whose qdisc a loader made.
const MADE: &str = "/clsact";

/// This loader, as long as it lives.
#[derive(Debug)]
pub(in crate::kernel) struct Owner {
    name: String,
    _socket: Socket,
}

impl Owner {
    pub(in crate::kernel) fn new() -> io::Result<Self> {
        // Two processes of one number can share a network namespace, and nobody shall take the
        // name before its loader does.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        let name = format!("{PREFIX}{}/{}", process::id(), now.as_nanos());
        let socket = socket()?;
        socket.bind(&address(&name)?)?;
        socket.listen(1)?;
        Ok(Self { name, _socket: socket })
    }

    /// The name for a filter of this loader.
    pub(super) fn filter_name(&self, made_qdisc: bool) -> String {
        format!("{}{}", self.name, if made_qdisc { MADE } else { "" })
    }
}

/// Whether a loader made the qdisc under the filter of this name.
pub(super) fn made_qdisc(name: &str) -> bool {
    name.ends_with(MADE)
}

/// Whether a loader made the filter.
pub(super) fn is_ours(filter: &Entry) -> bool {
    loader(filter).is_some()
}

/// Whether a loader made the filter that does not run any more. In doubt it does.
pub(super) fn is_gone(filter: &Entry) -> bool {
    let lives = loader(filter).map_or(Ok(true), lives);
    lives.is_ok_and(|lives| !lives)
}

/// The name of the loader that made the filter.
fn loader(filter: &Entry) -> Option<&str> {
    let name = filter.name.as_deref().filter(|name| name.starts_with(PREFIX))?;
    Some(name.strip_suffix(MADE).unwrap_or(name))
}

/// A socket of another user is not a loader's, whatever its name.
fn lives(loader: &str) -> io::Result<bool> {
    let socket = socket()?;
    // A loader accepts nobody, and it must not wait for that.
    socket.set_nonblocking(true)?;
    match socket.connect(&address(loader)?) {
        Ok(()) => {
            let peer = getsockopt(&socket, PeerCredentials)?.uid();
            Ok([0, geteuid().as_raw()].contains(&peer))
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
        Err(error) => Err(error),
    }
}

fn socket() -> io::Result<Socket> {
    Socket::new(Domain::UNIX, Type::STREAM, None)
}

fn address(name: &str) -> io::Result<SockAddr> {
    SockAddr::unix(format!("\0{name}"))
}
