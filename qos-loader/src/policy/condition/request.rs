//! What a client asks a server for.

use core::fmt;
use std::net::Ipv4Addr;

use qos_common::request::{MAX_ELEMENTS, MAX_LABELS, Request, key};

use super::{HostName, Scheme, UrlHost, UrlPattern};

/// A request for a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlRequest {
    /// How the server is asked.
    pub scheme: Scheme,
    /// The server, which is not [`UrlHost::Any`].
    pub host: UrlHost,
    /// The port, if the request names one: else it is for the scheme's, and for that which it came to.
    pub port: Option<u16>,
    /// The elements of the path, none for `/`.
    pub path: Vec<String>,
}

impl UrlRequest {
    /// One that two URLs are both for, and the port that it must come to if that matters.
    pub fn of_both(one: &UrlPattern, other: &UrlPattern) -> Option<(Self, Option<u16>)> {
        let scheme = (one.scheme == other.scheme).then_some(one.scheme)?;
        let host = match (&one.host, &other.host) {
            (UrlHost::Any, UrlHost::Any) => UrlHost::V4(Ipv4Addr::new(192, 0, 2, 1)),
            (UrlHost::Any, host) | (host, UrlHost::Any) => host.clone(),
            (host, other) => (host == other).then(|| host.clone())?,
        };
        let longer = if one.path.len() < other.path.len() { other } else { one };
        let path = longer.path.clone();
        if !one.is_for_path(&path) || !other.is_for_path(&path) {
            return None;
        }
        let named = |port: u16| (port != scheme.port()).then_some(port);
        let (port, came_to) = match (one.port, other.port) {
            (Some(port), Some(other)) if port != other => match (named(port), named(other)) {
                (Some(_), Some(_)) => return None,
                // Without a port it is for the scheme's and for the other one.
                (came_to, None) | (None, came_to) => (None, came_to),
            },
            (port, other) => (port.or(other).and_then(named), None),
        };
        Some((Self { scheme, host, port, path }, came_to))
    }

    /// As the kernel knows it.
    pub fn keys(&self) -> Request {
        let mut path = [0; MAX_ELEMENTS];
        for (key, last) in path.iter_mut().zip(0..self.path.len()) {
            *key = key::path(self.path[..=last].iter().map(String::as_str));
        }
        let request = Request {
            scheme: self.scheme.number(),
            port: self.port.map_or(0, u32::from),
            elements: u32::try_from(self.path.len()).unwrap_or(u32::MAX),
            path,
            ..of_host(&self.host.to_string())
        };
        Request { version: request.version_of(), ..request }
    }
}

impl fmt::Display for UrlRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.name(), self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "/{}", self.path.join("/"))
    }
}

impl HostName {
    /// As the kernel knows a connection that names this host.
    pub fn keys(&self) -> Request {
        let request = of_host(&self.to_string());
        Request { version: request.version_of(), ..request }
    }
}

/// What a request says that names `host`.
fn of_host(host: &str) -> Request {
    let labels: Vec<&str> =
        if host.starts_with('[') { vec![host] } else { host.split('.').collect() };
    if labels.len() > MAX_LABELS {
        return Request::default();
    }
    let mut suffixes = [0; MAX_LABELS];
    for (suffix, first) in suffixes.iter_mut().zip(0..labels.len()) {
        *suffix = key::host(&labels[first..].join("."));
    }
    Request {
        labels: u32::try_from(labels.len()).unwrap_or(u32::MAX),
        suffixes,
        ..Request::default()
    }
}
