//! URLs of HTTP servers.

use core::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use qos_common::request::{HTTP, HTTPS, key};

use super::HostName;

/// How a server is asked. The later one ranks higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// As a URL writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// As the kernel's requests have it.
    pub const fn number(self) -> u32 {
        match self {
            Self::Http => HTTP,
            Self::Https => HTTPS,
        }
    }

    /// The port that a URL without one implies.
    pub const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The host of a URL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UrlHost {
    /// `*`
    Any,
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6(Ipv6Addr),
    /// A name.
    Name(HostName),
}

impl UrlHost {
    /// As the kernel's requests have it; `None` for `*`.
    pub fn key(&self) -> Option<u64> {
        (*self != Self::Any).then(|| key::host(&self.to_string()))
    }
}

impl fmt::Display for UrlHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
            Self::Name(name) => write!(f, "{name}"),
        }
    }
}

/// `http[s]://host[:port]/path`, and whether what lies below the path is meant too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPattern {
    /// How the server is asked.
    pub scheme: Scheme,
    /// The server's name in the request.
    pub host: UrlHost,
    /// The server's port; `None` for `*`.
    pub port: Option<u16>,
    /// The elements of the path, none for `/`.
    pub path: Vec<String>,
    /// Whether paths with more elements match too.
    pub subdirectories: bool,
}

impl UrlPattern {
    /// Whether every request that `other` names is one that this names.
    pub fn covers(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && (self.host == UrlHost::Any || self.host == other.host)
            && (self.port.is_none() || self.port == other.port)
            && (self.subdirectories || !other.subdirectories)
            && self.is_for_path(&other.path)
    }

    /// Whether a request for this path may be for it.
    pub fn is_for_path(&self, path: &[String]) -> bool {
        if self.subdirectories { path.starts_with(&self.path) } else { path == self.path }
    }
}

impl fmt::Display for UrlPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.name(), self.host)?;
        match self.port {
            None => f.write_str(":*")?,
            Some(port) if port == self.scheme.port() => {}
            Some(port) => write!(f, ":{port}")?,
        }
        write!(f, "/{}", self.path.join("/"))
    }
}
