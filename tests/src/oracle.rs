//! Which policy wins, straight from the contract's sections 2 and 4: too simple to be wrong, and
//! nothing of it shared with the product. It reads policies, never compiled rules.

use std::net::IpAddr;

use qos_loader::policy::{AddressMatch, CgroupPattern, NameOrId, Policy, PortRange, ProtocolMatch};

/// What a packet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes, in the same family.
    pub destination: IpAddr,
    /// The transport protocol.
    pub protocol: u8,
    /// `None` where the packet carries no ports.
    pub source_port: Option<u16>,
    /// `None` where the packet carries no ports.
    pub destination_port: Option<u16>,
    /// Who sent it.
    pub sender: Sender,
}

/// Who sent a packet; all of it is empty for one without a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// The socket's owner.
    pub user: Option<u32>,
    /// What this machine calls that user.
    pub user_names: Vec<&'static str>,
    /// The socket's cgroup.
    pub cgroup: Option<CgroupPattern>,
}

/// The policy that applies to `packet`, if one does.
pub fn winner<'a>(policies: &'a [Policy], packet: &Seen) -> Option<&'a Policy> {
    let best = |policy: &'a Policy| matching_rules(policy, packet).into_iter().max();
    let matching = policies.iter().filter_map(|policy| Some((best(policy)?, policy)));
    matching.max_by_key(|(rank, _)| *rank).map(|(_, policy)| policy)
}

/// The nine steps of section 4, the greater wins. URLs and applications can't be written yet.
type Rank = [i64; 17];

/// The rank of each combination of `policy`'s listed values that `packet` satisfies.
fn matching_rules(policy: &Policy, packet: &Seen) -> Vec<Rank> {
    let conditions = &policy.conditions;
    let users = values(&conditions.user, |user| is_user(user, &packet.sender).then_some(Some(0)));
    let cgroups = values(&conditions.cgroup, |pattern| {
        is_in_cgroup(pattern, packet.sender.cgroup.as_ref()?).then(|| Some(depth(pattern)))
    });
    let sources = values(&conditions.source, |one| address(one, packet.source));
    let destinations = values(&conditions.destination, |one| address(one, packet.destination));
    let source_ports = values(&conditions.source_port, |range| port(*range, packet.source_port));
    let destination_ports =
        values(&conditions.destination_port, |range| port(*range, packet.destination_port));
    let protocols =
        values(&conditions.protocol, |one| is_protocol(*one, packet.protocol).then_some(Some(0)));

    let mut ranks = Vec::new();
    for &user in &users {
        for &cgroup in &cgroups {
            for &source in &sources {
                for &destination in &destinations {
                    for &source_port in &source_ports {
                        for &destination_port in &destination_ports {
                            for &protocol in &protocols {
                                let network =
                                    [source, destination, source_port, destination_port, protocol];
                                ranks.push(rank(policy, user, cgroup, network));
                            }
                        }
                    }
                }
            }
        }
    }
    ranks
}

/// What a listed value says of a packet that satisfies it: how narrow it is, or `None` if it counts
/// as a condition that is not set.
type Choice = Option<i64>;

/// The values of a list that a packet satisfies. A list that is empty is not set: one choice.
fn values<T>(list: &[T], satisfied: impl Fn(&T) -> Option<Choice>) -> Vec<Choice> {
    if list.is_empty() { vec![None] } else { list.iter().filter_map(satisfied).collect() }
}

fn rank(policy: &Policy, user: Choice, cgroup: Choice, network: [Choice; 5]) -> Rank {
    let is_set = network.map(|choice| i64::from(choice.is_some()));
    let count: i64 = is_set.iter().sum();
    let narrow = network.map(|choice| choice.unwrap_or(0));
    let number = |index: usize| i64::try_from(index).unwrap_or(i64::MAX);
    [
        if user.is_some() { 2 } else { 0 },  // 1: user level
        0,                                   // 2: application
        cgroup.map_or(0, |depth| depth + 1), // 3: depth of the path plus one
        if count > 0 { 2 } else { 0 },       // 4: class
        count,                               // 5: number of network conditions
        is_set[0],                           // 6: the first that one has
        is_set[1],
        is_set[2],
        is_set[3],
        is_set[4],
        narrow[0], // 7: how narrow, in the same order
        narrow[1],
        narrow[2],
        narrow[3],
        0,                            // 8: URLs
        number(policy.origin.layer),  // 9: the higher layer,
        -number(policy.origin.place), //    in it the one that stands first
    ]
}

fn is_user(user: &NameOrId, sender: &Sender) -> bool {
    match user {
        NameOrId::Id(id) => sender.user == Some(*id),
        NameOrId::Name(name) => sender.user_names.contains(&name.as_str()),
    }
}

fn depth(pattern: &CgroupPattern) -> i64 {
    pattern.elements().iter().map(|_| 1).sum()
}

/// Whether `path` is a cgroup that `pattern` names, or one below it; `*` is any one element.
pub fn is_in_cgroup(pattern: &CgroupPattern, path: &CgroupPattern) -> bool {
    let mut path = path.elements().iter();
    pattern.elements().iter().all(|wanted| match path.next() {
        Some(element) => wanted == "*" || wanted == element,
        None => false,
    })
}

fn address(wanted: &AddressMatch, address: IpAddr) -> Option<Choice> {
    match wanted {
        AddressMatch::Any => Some(None),
        AddressMatch::Prefix(net) if net.contains(&address) => Some(Some(net.prefix_len().into())),
        AddressMatch::Prefix(_) => None,
    }
}

/// The smaller a range, the narrower.
fn port(range: PortRange, port: Option<u16>) -> Option<Choice> {
    let port = port?;
    let ports = i64::from(range.high) - i64::from(range.low) + 1;
    (range.low <= port && port <= range.high).then_some(Some(-ports))
}

fn is_protocol(wanted: ProtocolMatch, protocol: u8) -> bool {
    match wanted {
        ProtocolMatch::TcpUdp => protocol == 6 || protocol == 17,
        ProtocolMatch::Number(number) => protocol == number,
    }
}
