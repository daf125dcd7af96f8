//! Packets that two rules match.

use core::fmt;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};

use itertools::{Itertools as _, iproduct};

use super::{
    Application, CgroupPattern, HostPattern, NameOrId, ProtocolMatch, UrlPattern,
    condition::UrlHost,
    expand::Rule,
    region::{Headers, Region},
};

/// A packet and its sender; prints as the options of `qos-loader explain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    headers: Headers,
    user: Option<NameOrId>,
    groups: Vec<NameOrId>,
    application: Option<Application>,
    cgroup: Option<CgroupPattern>,
    host: Option<HostPattern>,
    url: Option<UrlPattern>,
}

/// A packet that matches two rules of the same rank, if there can be one.
pub fn example(one: &Rule, other: &Rule) -> Option<Example> {
    let user = meeting(&one.users, &other.users, same).ok()?;
    let application = meeting(&one.applications, &other.applications, same).ok()?;
    let cgroup = meeting(&one.cgroups, &other.cgroups, CgroupPattern::meet).ok()?;
    let host = meeting(&one.hosts, &other.hosts, HostPattern::meet).ok()?;
    let url = meeting(&one.urls, &other.urls, same).ok()?;
    let headers = Region::of_both(one, other)?.example()?;
    // A user may be in any groups.
    let groups = [one.groups.first(), other.groups.first()].into_iter().flatten();
    let groups = groups.unique().cloned().collect();
    Some(Example { headers, user, groups, application, cgroup, host, url })
}

/// How many pairs of values [`example`] compares at most.
pub fn comparisons(one: &Rule, other: &Rule) -> usize {
    [
        (one.users.len(), other.users.len()),
        (one.applications.len(), other.applications.len()),
        (one.cgroups.len(), other.cgroups.len()),
        (one.hosts.len(), other.hosts.len()),
        (one.urls.len(), other.urls.len()),
        (one.sources.len(), other.sources.len()),
        (one.destinations.len(), other.destinations.len()),
        (one.source_ports.len(), other.source_ports.len()),
        (one.destination_ports.len(), other.destination_ports.len()),
        (one.protocols.len(), other.protocols.len()),
    ]
    .into_iter()
    .fold(1, |sum: usize, (one, other)| sum.saturating_add(one.saturating_mul(other)))
}

/// Nothing satisfies both of two lists.
struct Disjoint;

/// What some pair has in common, or the first value of the only list that is set, or nothing where
/// neither is.
fn meeting<T: Clone>(
    one: &[T],
    other: &[T],
    meet: impl Fn(&T, &T) -> Option<T>,
) -> Result<Option<T>, Disjoint> {
    match (one, other) {
        ([], list) | (list, []) => Ok(list.first().cloned()),
        _ => iproduct!(one, other).find_map(|(a, b)| meet(a, b)).map(Some).ok_or(Disjoint),
    }
}

fn same<T: Clone + PartialEq>(one: &T, other: &T) -> Option<T> {
    (one == other).then(|| one.clone())
}

impl Example {
    /// The options of `qos-loader explain` with their values.
    fn options(&self) -> Vec<(&'static str, String)> {
        let Headers { protocol, source, destination, ports } = self.headers;
        let end = |address: IpAddr, port: Option<u16>| {
            port.map_or_else(
                || address.to_string(),
                |port| SocketAddr::from((address, port)).to_string(),
            )
        };
        let mut options = vec![
            ("protocol", ProtocolMatch::Number(protocol).to_string()),
            ("source", end(source, ports.map(|(from, _)| from))),
            ("destination", end(destination, ports.map(|(_, to)| to))),
        ];
        options.extend(self.user.iter().map(|user| ("user", user.to_string())));
        options.extend(self.groups.iter().map(|group| ("group", group.to_string())));
        options.extend(self.application.iter().map(|application| match application {
            Application::Path(_) => ("application", application.to_string()),
            Application::Name(name) => {
                ("application", Application::Path(Path::new("/usr/bin").join(name)).to_string())
            }
        }));
        options.extend(self.cgroup.iter().map(|cgroup| {
            let elements = cgroup.elements().iter();
            let named = elements.map(|one| if one == "*" { "any" } else { one });
            ("cgroup", format!("/{}", named.collect::<Vec<_>>().join("/")))
        }));
        options.extend(self.host.iter().map(|host| match host {
            HostPattern::Exact(name) => ("destination-host", name.to_string()),
            HostPattern::Below(name) => ("destination-host", format!("any.{name}")),
        }));
        options.extend(self.url.iter().map(|url| ("url", request(url).to_string())));
        options
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |(option, value): (&str, String)| {
            // A value with a NUL byte is none that a policy can have.
            let quoted = shlex::try_quote(&value).map(String::from).unwrap_or_default();
            format!("--{option} {quoted}")
        };
        f.write_str(&self.options().into_iter().map(written).join(" "))
    }
}

/// A request that a URL names.
fn request(url: &UrlPattern) -> UrlPattern {
    let mut request = url.clone();
    request.port.get_or_insert(url.scheme.port());
    if url.host == UrlHost::Any {
        request.host = UrlHost::V4(Ipv4Addr::new(192, 0, 2, 1));
    }
    request
}
