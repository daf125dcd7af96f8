//! Packets that two rules match.

use core::fmt;
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
};

use itertools::{Itertools as _, iproduct};

use super::{
    Application, CgroupPattern, HostPattern, NameOrId, PortRange, ProtocolMatch,
    condition::UrlRequest,
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
    url: Option<UrlRequest>,
}

/// A packet that matches two rules of the same rank, if there can be one.
pub fn example(one: &Rule, other: &Rule) -> Option<Example> {
    let user = meeting(&one.users, &other.users, same).ok()?;
    let application = meeting(&one.applications, &other.applications, same).ok()?;
    let cgroup = meeting(&one.cgroups, &other.cgroups, CgroupPattern::meet).ok()?;
    let host = meeting(&one.hosts, &other.hosts, HostPattern::meet).ok()?;
    let (headers, url) = answer(one, other)?;
    // A user may be in any groups.
    let groups = [one.groups.first(), other.groups.first()].into_iter().flatten();
    let groups = groups.unique().cloned().collect();
    Some(Example { headers, user, groups, application, cgroup, host, url })
}

/// The headers of a packet that both rules may apply to, and the request that it answers if they have
/// URLs.
fn answer(one: &Rule, other: &Rule) -> Option<(Headers, Option<UrlRequest>)> {
    let (request, port) = match (one.urls.as_slice(), other.urls.as_slice()) {
        ([], []) => return Some((Region::of_both(one, other)?.example()?, None)),
        ([], [url, ..]) | ([url, ..], []) => UrlRequest::of_both(url, url)?,
        (urls, others) => {
            iproduct!(urls, others).find_map(|(one, other)| UrlRequest::of_both(one, other))?
        }
    };
    let region = match port {
        None => Region::of_both(one, other),
        Some(port) => Region::of_both(&from_port(one, port)?, other),
    };
    Some((region?.example()?, Some(request)))
}

/// The rule for packets from `port` alone, if it is for such.
fn from_port(rule: &Rule, port: u16) -> Option<Rule> {
    let mut ranges = rule.source_ports.iter();
    let has = ranges.len() == 0 || ranges.any(|range| (range.low..=range.high).contains(&port));
    let source_ports = vec![PortRange { low: port, high: port }];
    has.then(|| Rule { source_ports, ..rule.clone() })
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
        options.extend(self.url.iter().map(|url| ("url", url.to_string())));
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
