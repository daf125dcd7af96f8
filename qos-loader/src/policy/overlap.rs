//! Packets that two rules match.

use core::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use itertools::iproduct;

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
    let groups = [one.groups.first(), other.groups.first()].into_iter().flatten().cloned();
    Some(Example { headers, user, groups: groups.collect(), application, cgroup, host, url })
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

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Headers { protocol, source, destination, ports } = self.headers;
        write!(f, "--protocol {}", ProtocolMatch::Number(protocol))?;
        match ports {
            None => write!(f, " --source {source} --destination {destination}")?,
            Some((from, to)) => {
                let [source, destination] =
                    [(source, from), (destination, to)].map(SocketAddr::from);
                write!(f, " --source {source} --destination {destination}")?;
            }
        }
        if let Some(user) = &self.user {
            write!(f, " --user {user}")?;
        }
        for group in &self.groups {
            write!(f, " --group {group}")?;
        }
        match &self.application {
            Some(Application::Path(path)) => write!(f, " --application {path}")?,
            Some(Application::Name(name)) => write!(f, " --application /usr/bin/{name}")?,
            None => {}
        }
        if let Some(cgroup) = &self.cgroup {
            let elements = cgroup.elements().iter();
            let named = elements.map(|one| if one == "*" { "any" } else { one });
            write!(f, " --cgroup /{}", named.collect::<Vec<_>>().join("/"))?;
        }
        match &self.host {
            Some(HostPattern::Exact(name)) => write!(f, " --destination-host {name}")?,
            Some(HostPattern::Below(name)) => write!(f, " --destination-host any.{name}")?,
            None => {}
        }
        match &self.url {
            Some(url) => write!(f, " --url {}", request(url)),
            None => Ok(()),
        }
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
