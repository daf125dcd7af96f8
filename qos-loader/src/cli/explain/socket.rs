//! A socket of this machine, as the command line names it.

use core::fmt;
use std::{io::ErrorKind, net::SocketAddr};

use anyhow::anyhow;
use qos_common::flow::{Flow, Ports};

use super::packet::{flow, wrong};
use crate::{
    error::{Error, Result},
    socket::{self, Socket},
};

const RIGHT: &str = "tcp or udp, and two addresses with ports are expected, such as \
                     'tcp 192.0.2.1:5060-192.0.2.2:443'";

/// A protocol and two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SocketName {
    protocol: &'static str,
    local: SocketAddr,
    peer: SocketAddr,
}

impl SocketName {
    /// From `tcp 192.0.2.1:5060-192.0.2.2:443` or `udp [2001:db8::1]:5060-[2001:db8::2]:443`.
    pub(super) fn read(text: &str) -> Result<Self> {
        let name = read(text).ok_or_else(|| wrong("socket", text, RIGHT))?;
        if name.local.is_ipv4() != name.peer.is_ipv4() {
            return Err(wrong("socket", text, "the two ends are of different families"));
        }
        Ok(name)
    }

    /// What the headers of its packets say.
    pub(super) fn flow(&self) -> Flow {
        let [source, destination] = [self.local.port(), self.peer.port()].map(u32::from);
        let ports = Ports { source, destination };
        flow(self.number(), self.local.ip(), self.peer.ip(), ports)
    }

    /// Asks the kernel for it.
    pub(super) fn find(&self) -> Result<Socket> {
        let Self { protocol, .. } = self;
        let found = socket::find(self.number(), self.local, self.peer).map_err(|error| {
            if error.kind() == ErrorKind::Unsupported {
                let needed = protocol.to_uppercase();
                Error::unsupported(format!("this kernel can't look up {protocol} sockets")).hinted(
                    format!("it needs CONFIG_INET_{needed}_DIAG (the module {protocol}_diag)"),
                )
            } else {
                Error::runtime(error).context(format!("can't look up the socket {self}"))
            }
        })?;
        let letter = &protocol[..1];
        let list = format!("`ss -{letter}an` lists the sockets of this network namespace");
        match found {
            Some(Socket { inode: 0, .. }) => {
                let message = anyhow!("the socket {self} is of no process, not yet or no more");
                Err(Error::runtime(message).hinted(list))
            }
            Some(found) => Ok(found),
            None => {
                let message = anyhow!("there is no socket {self} in this network namespace");
                Err(Error::runtime(message).hinted(list))
            }
        }
    }

    fn number(&self) -> u8 {
        if self.protocol == "tcp" { 6 } else { 17 }
    }
}

fn read(text: &str) -> Option<SocketName> {
    let (protocol, ends) = text.trim().split_once(char::is_whitespace)?;
    let protocol = ["tcp", "udp"].into_iter().find(|one| one.eq_ignore_ascii_case(protocol))?;
    let (local, peer) = ends.split_once('-')?;
    let end = |text: &str| {
        let end: SocketAddr = text.trim().parse().ok()?;
        // An IPv6 socket that talks to IPv4 addresses sends IPv4 packets.
        (end.port() != 0).then(|| SocketAddr::new(end.ip().to_canonical(), end.port()))
    };
    Some(SocketName { protocol, local: end(local)?, peer: end(peer)? })
}

impl fmt::Display for SocketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, local, peer } = self;
        write!(f, "{protocol} {local}-{peer}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_a_protocol_and_two_ends() {
        for (text, name) in [
            ("tcp 10.0.0.1:5000-1.2.3.4:443", "tcp 10.0.0.1:5000-1.2.3.4:443"),
            ("UDP  [2001:DB8::1]:1 - [fe80::2%3]:2", "udp [2001:db8::1]:1-[fe80::2]:2"),
            ("tcp [::ffff:10.0.0.1]:5-1.2.3.4:6", "tcp 10.0.0.1:5-1.2.3.4:6"),
        ] {
            assert_eq!(SocketName::read(text).unwrap().to_string(), name);
        }
    }

    #[test]
    fn anything_else_is_told_what_would_be_right() {
        let wrong = ["", "tcp", "tcp 10.0.0.1:5000", "sctp 10.0.0.1:5-1.2.3.4:6"];
        for wrong in
            wrong.into_iter().chain(["tcp 10.0.0.1-1.2.3.4:443", "tcp 1.2.3.4:0-1.2.3.4:5"])
        {
            let error = SocketName::read(wrong).unwrap_err().to_string();
            assert!(error.contains("such as 'tcp 192.0.2.1:5060-192.0.2.2:443'"), "{error}");
        }
        let error = SocketName::read("tcp 10.0.0.1:5000-[::1]:443").unwrap_err().to_string();
        assert!(error.contains("different families"), "{error}");
    }
}
