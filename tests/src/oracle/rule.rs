//! The combinations of a policy's listed values.

use itertools::iproduct;
use qos_loader::policy::{
    AddressMatch, Application, CgroupPattern, Conditions, HostPattern, NameOrId, PortRange,
    ProtocolMatch, UrlPattern,
};

use super::{Seen, satisfied, url};

/// One value of each condition that is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'a> {
    pub(super) user: Option<&'a NameOrId>,
    pub(super) group: Option<&'a NameOrId>,
    pub(super) application: Option<&'a Application>,
    pub(super) cgroup: Option<&'a CgroupPattern>,
    pub(super) source: Option<&'a AddressMatch>,
    pub(super) destination: Option<&'a AddressMatch>,
    pub(super) host: Option<&'a HostPattern>,
    pub(super) source_port: Option<&'a PortRange>,
    pub(super) destination_port: Option<&'a PortRange>,
    pub(super) protocol: Option<&'a ProtocolMatch>,
    pub(super) url: Option<&'a UrlPattern>,
}

/// The rules that `packet` satisfies, or all of them; `None` if it satisfies no value of some list.
pub(super) fn rules<'a>(
    conditions: &'a Conditions,
    packet: Option<&Seen>,
) -> Option<Vec<Rule<'a>>> {
    let product = iproduct!(
        values(&conditions.user, packet, satisfied::user)?,
        values(&conditions.group, packet, satisfied::group)?,
        values(&conditions.application, packet, satisfied::application)?,
        values(&conditions.cgroup, packet, satisfied::cgroup)?,
        values(&conditions.source, packet, |one, packet| satisfied::address(one, packet.source))?,
        values(&conditions.destination, packet, |one, packet| {
            satisfied::address(one, packet.destination)
        })?,
        values(&conditions.destination_host, packet, satisfied::host)?,
        values(&conditions.source_port, packet, |one, packet| {
            satisfied::port(*one, packet.source_port)
        })?,
        values(&conditions.destination_port, packet, |one, packet| {
            satisfied::port(*one, packet.destination_port)
        })?,
        values(&conditions.protocol, packet, |one, packet| satisfied::protocol(*one, packet))?,
        values(&conditions.url, packet, url::satisfied)?
    );
    let rule = |(
        user,
        group,
        application,
        cgroup,
        source,
        destination,
        host,
        source_port,
        destination_port,
        protocol,
        url,
    )| Rule {
        user,
        group,
        application,
        cgroup,
        source,
        destination,
        host,
        source_port,
        destination_port,
        protocol,
        url,
    };
    Some(product.map(rule).filter(some_packet_satisfies).collect())
}

/// The values of a list that a packet satisfies. A list that is empty is not set: one choice.
fn values<'a, T>(
    list: &'a [T],
    packet: Option<&Seen>,
    satisfied: fn(&T, &Seen) -> bool,
) -> Option<Vec<Option<&'a T>>> {
    if list.is_empty() {
        return Some(vec![None]);
    }
    let satisfied = |one: &&T| packet.is_none_or(|packet| satisfied(one, packet));
    let values: Vec<Option<&T>> = list.iter().filter(satisfied).map(Some).collect();
    (!values.is_empty()).then_some(values)
}

/// No packet goes from one family to the other.
fn some_packet_satisfies(rule: &Rule<'_>) -> bool {
    match (rule.source, rule.destination) {
        (Some(AddressMatch::Prefix(source)), Some(AddressMatch::Prefix(destination))) => {
            source.addr().is_ipv4() == destination.addr().is_ipv4()
        }
        _ => true,
    }
}
