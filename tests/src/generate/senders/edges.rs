//! What satisfies a policy's conditions on the sender, or nearly does.

use qos_loader::policy::{Application, HostPattern, NameOrId, UrlPattern, condition::UrlHost};

use crate::{
    generate::{
        machine::{self, GROUPS},
        pools,
        random::Random,
    },
    oracle::{Request, Sender},
};

/// A value of a list, or none of it.
fn one_of<'a, T>(random: &mut Random, list: &'a [T]) -> Option<&'a T> {
    (!list.is_empty() && random.percent(85)).then(|| random.pick(list))
}

/// The path of a program.
pub(super) fn application(random: &mut Random, list: &[Application]) -> Option<String> {
    let wanted = one_of(random, list);
    // The pools have none but text.
    let text = wanted.map(ToString::to_string).unwrap_or_default();
    let path = match wanted {
        None if random.percent(20) => return None,
        None => pools::application::path(random),
        Some(Application::Path(_)) => match random.within(0..=5) {
            0 => format!("{text}2"),
            1 => format!("/mnt{text}"),
            _ => text,
        },
        Some(Application::Name(_)) => match random.within(0..=5) {
            0 => format!("/opt/x{text}"),
            1 => format!("/opt/{text}/x"),
            2 => format!("/{text}"),
            _ => format!("/usr/bin/{text}"),
        },
    };
    Some(path)
}

/// The name of a host.
pub(super) fn host(random: &mut Random, list: &[HostPattern]) -> Option<String> {
    let host = match one_of(random, list) {
        None if random.percent(20) => return None,
        None => pools::host::name(random).to_string(),
        Some(HostPattern::Exact(name)) => match random.within(0..=5) {
            0 => format!("x.{name}"),
            1 => format!("x{name}"),
            2 => format!("{name}.x"),
            _ => name.to_string(),
        },
        Some(HostPattern::Below(name)) => match random.within(0..=6) {
            0 => name.to_string(),
            6 => format!("1.2.3.4.5.6.7.8.{name}"),
            1 => format!("x{name}"),
            2 => format!("y.x.{name}"),
            _ => format!("x.{name}"),
        },
    };
    Some(host)
}

/// A request.
pub(super) fn url(random: &mut Random, list: &[UrlPattern]) -> Option<Request> {
    let near = match one_of(random, list) {
        None if random.percent(20) => return None,
        None => pools::url::url(random),
        Some(url) => url.clone(),
    };
    let (scheme, host, port) = (near.scheme, near.host, near.port);
    let scheme = if random.percent(5) { pools::url::scheme(random) } else { scheme };
    let host = if random.percent(5) { UrlHost::Any } else { host };
    let host = if host == UrlHost::Any { pools::url::host(random) } else { host };
    let mut path = near.path;
    match random.within(0..=9) {
        0 => path.push("x".to_owned()),
        1 => path.extend(["x".to_owned(), "y".to_owned()]),
        2 => {
            path.pop();
        }
        3 => path = path.last().map(|last| format!("{last}x")).into_iter().collect(),
        4 => path = pools::url::path(random),
        5 => path.extend((0..random.within(8..=14)).map(|number| number.to_string())),
        _ => {}
    }
    Some(Request {
        scheme: scheme.name(),
        host: host.to_string(),
        port: edge_of_port(random, port),
        path: format!("/{}", path.join("/")),
    })
}

/// The port that a request names for one of `port`, if it names one.
fn edge_of_port(random: &mut Random, port: Option<u16>) -> Option<u16> {
    match random.within(0..=9) {
        0..=4 => None,
        5 => Some(pools::url::port(random)),
        _ => Some(port.unwrap_or_else(|| pools::url::port(random))),
    }
}

/// Puts `sender` into the groups that this machine knows, and now and then into others.
pub(super) fn groups(random: &mut Random, list: &[NameOrId], sender: &mut Sender) {
    sender.groups = sender.user.map(machine::groups_of).unwrap_or_default();
    match one_of(random, list) {
        Some(NameOrId::Id(id)) if random.percent(40) => sender.groups.push(*id),
        _ if random.percent(30) => sender.groups.push(random.pick(&GROUPS).1),
        _ => {}
    }
    let names = sender.groups.iter().flat_map(|group| machine::group_names(*group));
    sender.group_names = names.collect();
}
