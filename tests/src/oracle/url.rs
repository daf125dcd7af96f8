//! URLs: whether a request is for one, and how specific it is.

use qos_loader::policy::{
    UrlPattern,
    condition::{Scheme, UrlHost},
};

use super::Seen;

pub(super) fn satisfied(wanted: &UrlPattern, packet: &Seen) -> bool {
    let Seen { sender, source_port, .. } = packet;
    let Some(request) = &sender.url else { return false };
    let (scheme, usual) = match wanted.scheme {
        Scheme::Http => ("http", 80),
        Scheme::Https => ("https", 443),
    };
    // A request that names no port is for the usual one, and for that which it came to.
    let is_port = |port: u16| match request.port {
        Some(named) => port == named,
        None => port == usual || Some(port) == *source_port,
    };
    let host = match &wanted.host {
        UrlHost::Any => None,
        UrlHost::V4(address) => Some(address.to_string()),
        UrlHost::V6(address) => Some(format!("[{address}]")),
        UrlHost::Name(name) => Some(name.labels().join(".")),
    };
    request.scheme == scheme
        && host.is_none_or(|host| host == request.host)
        && wanted.port.is_none_or(is_port)
        && is_path(wanted, &request.path)
}

/// A slash ends an element, so that `/ebooks` is no part of `/ebooks2`.
fn is_path(wanted: &UrlPattern, path: &str) -> bool {
    let with_slash =
        |path: &str| if path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
    let wanted_path = with_slash(&format!("/{}", wanted.path.join("/")));
    let path = with_slash(path);
    if wanted.subdirectories { path.starts_with(&wanted_path) } else { path == wanted_path }
}

/// Step 8 without its last part: `https` over `http`; a name over IPv6 over IPv4 over `*`; more
/// dotted elements; a port over `*`; more path elements; without subdirectories over with.
pub(super) fn specificity(url: &UrlPattern) -> [i64; 6] {
    let (host, dotted) = match &url.host {
        UrlHost::Any => (0, 0),
        UrlHost::V4(_) => (1, 0),
        UrlHost::V6(_) => (2, 0),
        UrlHost::Name(name) => (3, name.labels().iter().map(|_| 1).sum()),
    };
    [
        i64::from(url.scheme == Scheme::Https),
        host,
        dotted,
        i64::from(url.port.is_some()),
        url.path.iter().map(|_| 1).sum(),
        i64::from(!url.subdirectories),
    ]
}
