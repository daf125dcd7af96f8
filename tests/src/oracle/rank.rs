//! The nine steps of section 4.

use qos_loader::policy::{AddressMatch, Application, HostPattern, Origin, PortRange};

use super::{rule::Rule, url};

/// A row of numbers for each step, filled up with zeros. The greater wins.
pub(super) type Rank = [[i64; 7]; 9];

/// The step, 1 to 9, that decides between two ranks: the first in which they differ.
pub(super) fn step(one: &Rank, other: &Rank) -> u8 {
    let rows = one.iter().zip(other).zip(1..);
    rows.filter(|((one, other), _)| one != other).map(|(_, step)| step).next().unwrap_or(0)
}

/// The rank of a policy's rule.
pub(super) fn of(rule: &Rule<'_>, origin: &Origin) -> Rank {
    let user_level = match (rule.user, rule.group) {
        (Some(_), _) => 2,
        (None, Some(_)) => 1,
        (None, None) => 0,
    };
    let application = match rule.application {
        Some(Application::Path(_)) => 2,
        Some(Application::Name(_)) => 1,
        None => 0,
    };
    let cgroup = rule.cgroup.map_or(0, |pattern| count(pattern.elements()) + 1);
    let number = |index: usize| i64::try_from(index).unwrap_or(i64::MAX);
    let place = row([number(origin.layer), -number(origin.place)]);
    let [class, count, which, narrow, url] = match rule.url {
        None => network(rule),
        Some(url) => {
            let [scheme, host, dotted, port, path, alone] = url::specificity(url);
            let destination = prefix_length(rule.destination).unwrap_or(-1);
            let url = row([scheme, host, dotted, port, path, alone, destination]);
            [row([1]), row([]), row([]), row([]), url]
        }
    };
    let [user_level, application, cgroup] =
        [user_level, application, cgroup].map(|only| row([only]));
    [user_level, application, cgroup, class, count, which, narrow, url, place]
}

/// Steps 4 to 8 of a rule without a URL.
fn network(rule: &Rule<'_>) -> [[i64; 7]; 5] {
    let source = prefix_length(rule.source);
    let destination = prefix_length(rule.destination);
    let is_set = [
        source.is_some(),
        destination.is_some() || rule.host.is_some(),
        rule.source_port.is_some(),
        rule.destination_port.is_some(),
        rule.protocol.is_some(),
    ]
    .map(i64::from);
    let class = if is_set.contains(&1) { 2 } else { 0 };
    let narrow = row([
        source.unwrap_or(0),
        // Any prefix is narrower than any host, whatever else names the host.
        destination.unwrap_or(-1),
        if destination.is_none() { labels(rule.host) } else { 0 },
        -ports(rule.source_port),
        -ports(rule.destination_port),
    ]);
    [row([class]), row([is_set.iter().sum()]), row(is_set), narrow, row([])]
}

/// `None` for `any`, which counts as a condition that is not set.
fn prefix_length(address: Option<&AddressMatch>) -> Option<i64> {
    match address {
        None | Some(AddressMatch::Any) => None,
        Some(AddressMatch::Prefix(net)) => Some(net.prefix_len().into()),
    }
}

/// The labels that are given: `*` is none.
fn labels(host: Option<&HostPattern>) -> i64 {
    match host {
        None => 0,
        Some(HostPattern::Exact(name) | HostPattern::Below(name)) => count(name.labels()),
    }
}

fn ports(range: Option<&PortRange>) -> i64 {
    range.map_or(0, |range| i64::from(range.high) - i64::from(range.low) + 1)
}

fn count<T>(list: &[T]) -> i64 {
    list.iter().map(|_| 1).sum()
}

fn row<const N: usize>(numbers: [i64; N]) -> [i64; 7] {
    let mut row = [0; 7];
    row[..N].copy_from_slice(&numbers);
    row
}
