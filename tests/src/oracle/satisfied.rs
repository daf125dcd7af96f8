//! Whether a packet satisfies one value of a condition.

use std::net::IpAddr;

use qos_loader::policy::{
    AddressMatch, Application, CgroupPattern, HostPattern, NameOrId, PortRange, ProtocolMatch,
};

use super::Seen;

pub(super) fn user(wanted: &NameOrId, Seen { sender, .. }: &Seen) -> bool {
    match wanted {
        NameOrId::Id(id) => sender.user == Some(*id),
        NameOrId::Name(name) => sender.user_names.contains(&name.as_str()),
    }
}

pub(super) fn group(wanted: &NameOrId, Seen { sender, .. }: &Seen) -> bool {
    match wanted {
        NameOrId::Id(id) => sender.groups.contains(id),
        NameOrId::Name(name) => sender.group_names.contains(&name.as_str()),
    }
}

/// A path is exact, a name is what stands behind the path's last slash.
pub(super) fn application(wanted: &Application, Seen { sender, .. }: &Seen) -> bool {
    let Some(path) = &sender.application else { return false };
    match wanted {
        Application::Path(wanted) => path.as_str() == wanted,
        Application::Name(name) => path.ends_with(&format!("/{}", name.display())),
    }
}

pub(super) fn cgroup(wanted: &CgroupPattern, Seen { sender, .. }: &Seen) -> bool {
    sender.cgroup.as_ref().is_some_and(|path| is_in_cgroup(wanted, path))
}

/// Whether `path` is a cgroup that `pattern` names, or one below it; `*` is any one element.
pub fn is_in_cgroup(pattern: &CgroupPattern, path: &CgroupPattern) -> bool {
    let mut path = path.elements().iter();
    pattern.elements().iter().all(|wanted| match path.next() {
        Some(element) => wanted == "*" || wanted == element,
        None => false,
    })
}

pub(super) fn address(wanted: &AddressMatch, address: IpAddr) -> bool {
    match wanted {
        AddressMatch::Any => true,
        AddressMatch::Prefix(net) => net.contains(&address),
    }
}

/// Who says whom it calls is judged by that alone; a name of more than 10 elements says nothing.
pub(super) fn host(wanted: &HostPattern, Seen { sender, .. }: &Seen) -> bool {
    match sender.said.as_ref().filter(|name| name.split('.').count() <= 10) {
        Some(name) => is_host(wanted, name),
        None => sender.learned.iter().any(|name| is_host(wanted, name)),
    }
}

/// `*.example.com` is what ends in `.example.com`, which `example.com` does not.
pub fn is_host(wanted: &HostPattern, host: &str) -> bool {
    match wanted {
        HostPattern::Exact(name) => host == name.labels().join("."),
        HostPattern::Below(name) => host.ends_with(&format!(".{}", name.labels().join("."))),
    }
}

pub(super) fn port(wanted: PortRange, port: Option<u16>) -> bool {
    port.is_some_and(|port| wanted.low <= port && port <= wanted.high)
}

pub(super) fn protocol(wanted: ProtocolMatch, packet: &Seen) -> bool {
    match wanted {
        ProtocolMatch::TcpUdp => packet.protocol == 6 || packet.protocol == 17,
        ProtocolMatch::Number(number) => packet.protocol == number,
    }
}
