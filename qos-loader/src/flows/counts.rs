//! How many flows policies had to the hosts that they name.

use std::collections::BTreeMap;

/// The most hosts of a policy that are counted by their names.
const MOST: usize = 1_024;

/// What is counted of all further hosts of a policy.
const OTHERS: &str = "others";

/// Flows by policy and host.
#[derive(Clone, Debug, Default)]
pub struct HostCounts(BTreeMap<String, BTreeMap<String, u64>>);

impl HostCounts {
    /// Counts a flow at a policy and a host, and not any more where it was `before`: that it got another name
    /// makes it no other flow.
    pub(super) fn replace(&mut self, before: Option<(&str, &str)>, now: Option<(&str, &str)>) {
        if before == now {
            return;
        }
        if let Some(count) = before.and_then(|(policy, host)| self.0.get_mut(policy)?.get_mut(host))
        {
            *count = count.saturating_sub(1);
        }
        let Some((policy, host)) = now else { return };
        let hosts = self.0.entry(policy.to_owned()).or_default();
        let has_room = hosts.len() < MOST || hosts.contains_key(host);
        let host = if has_room { host } else { OTHERS };
        *hosts.entry(host.to_owned()).or_default() += 1;
    }

    /// The flows of a policy, by host.
    pub fn of(&self, policy: &str) -> impl Iterator<Item = (&str, u64)> {
        let hosts = self.0.get(policy).into_iter().flatten();
        hosts.filter(|(_, count)| **count > 0).map(|(host, count)| (host.as_str(), *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counts: &HostCounts) -> Vec<(&str, u64)> {
        counts.of("p").collect()
    }

    #[test]
    fn a_flow_counts_where_it_was_seen_last() {
        let mut counts = HostCounts::default();
        counts.replace(None, Some(("p", "a.example")));
        counts.replace(None, Some(("p", "a.example")));
        counts.replace(Some(("p", "a.example")), Some(("p", "b.example")));
        counts.replace(Some(("p", "b.example")), Some(("p", "b.example")));
        counts.replace(None, Some(("q", "a.example")));
        assert_eq!(counted(&counts), [("a.example", 1), ("b.example", 1)]);
        counts.replace(Some(("p", "a.example")), None);
        assert_eq!(counted(&counts), [("b.example", 1)]);
    }

    #[test]
    fn of_too_many_hosts_the_last_have_no_names() {
        let mut counts = HostCounts::default();
        for number in 0..MOST + 2 {
            counts.replace(None, Some(("p", &format!("host{number}.example"))));
        }
        assert_eq!(counts.of("p").count(), MOST + 1);
        assert_eq!(counts.of("p").find(|(host, _)| *host == OTHERS), Some((OTHERS, 2)));
    }
}
