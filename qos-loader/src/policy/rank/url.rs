//! How specific a URL is: the fields in their reading order, as Policy-based QoS has them.

use crate::policy::condition::{Scheme, UrlHost, UrlPattern};

/// A URL's place among others; the greater is the more specific.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UrlRank {
    scheme: Scheme,
    host: HostRank,
    /// Whether a port is given or implied.
    port: bool,
    /// The number of the path's elements.
    path: usize,
    without_subdirectories: bool,
}

/// What kind of host is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum HostRank {
    Any,
    V4,
    V6,
    /// With the number of its dotted elements.
    Name(usize),
}

impl UrlRank {
    /// The rank of `url`.
    pub(super) fn of(url: &UrlPattern) -> Self {
        Self {
            scheme: url.scheme,
            host: match &url.host {
                UrlHost::Any => HostRank::Any,
                UrlHost::V4(_) => HostRank::V4,
                UrlHost::V6(_) => HostRank::V6,
                UrlHost::Name(name) => HostRank::Name(name.labels().len()),
            },
            port: url.port.is_some(),
            path: url.path.len(),
            without_subdirectories: !url.subdirectories,
        }
    }
}
