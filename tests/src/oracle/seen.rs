//! What policies can see of a packet.

use core::fmt;
use std::net::IpAddr;

use qos_loader::policy::CgroupPattern;

/// What a packet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes, in the same family.
    pub destination: IpAddr,
    /// The transport protocol.
    pub protocol: u8,
    /// `None` where the packet carries no ports.
    pub source_port: Option<u16>,
    /// `None` where the packet carries no ports.
    pub destination_port: Option<u16>,
    /// Who sent it.
    pub sender: Sender,
}

/// Who sent a packet, and what for; all of it is empty for one without a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// The socket's owner, where this machine has a number for it.
    pub user: Option<u32>,
    /// What that user is called.
    pub user_names: Vec<&'static str>,
    /// The groups that the owner is in.
    pub groups: Vec<u32>,
    /// What those groups are called; some have no number on this machine.
    pub group_names: Vec<&'static str>,
    /// The absolute path of the program that opened the socket.
    pub application: Option<String>,
    /// The socket's cgroup.
    pub cgroup: Option<CgroupPattern>,
    /// The name that the connection says it is for, in lower case.
    pub said: Option<String>,
    /// The names by which the destination's address was looked up, in lower case.
    pub learned: Vec<&'static str>,
    /// The request that the packet answers.
    pub url: Option<Request>,
}

/// A request for a URL. It prints as the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// A name in lower case or an address, IPv6's in brackets; nothing if none is said.
    pub host: String,
    /// The server's port, if it is said.
    pub port: Option<u16>,
    /// Starts with a slash, and ends with none unless that is all.
    pub path: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        write!(f, "{}://{}{port}{}", self.scheme, self.host, self.path)
    }
}
