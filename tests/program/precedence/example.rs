//! An `explain` command of a document and what it says.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

use qos_loader::policy::{CgroupPattern, HostPattern, layer::PolicySet};
use qos_tests::packet::{Link, Network, Packet, Part, V4, V6};

/// A packet, and the policy that the document says it gets.
#[derive(Debug, Default)]
pub(super) struct Example {
    pub(super) files: Vec<String>,
    protocol: u8,
    source: Option<SocketAddr>,
    destination: Option<SocketAddr>,
    pub(super) user: Option<String>,
    pub(super) cgroup: Option<CgroupPattern>,
    host: Option<HostPattern>,
    winner: String,
    pub(super) dscp: u8,
    /// Those that match too.
    losers: Vec<String>,
    /// The step by which the best of them loses.
    pub(super) decided_by: Option<u8>,
}

impl Example {
    /// Of a console block; `None` if its command is another one.
    pub(super) fn read(block: &str) -> Option<Self> {
        let (command, output) = block.split_once('\n')?;
        let mut words = command.strip_prefix("$ qos-loader explain ")?.split(' ');
        let mut example = Self::default();
        while let Some(option) = words.next() {
            example.set(option, words.next().unwrap());
        }
        for line in output.lines() {
            example.learn(line);
        }
        Some(example)
    }

    fn set(&mut self, option: &str, value: &str) {
        match option {
            "--file" => self.files.push(value.to_owned()),
            "--protocol" => self.protocol = if value == "tcp" { 6 } else { 17 },
            "--source" => self.source = Some(value.parse().unwrap()),
            "--destination" => self.destination = Some(value.parse().unwrap()),
            "--user" => self.user = Some(value.to_owned()),
            "--cgroup" => self.cgroup = CgroupPattern::new(value),
            "--destination-host" => self.host = HostPattern::new(value),
            // Only conditions that a test run can't satisfy look at these.
            "--group" | "--application" | "--url" => {}
            _ => panic!("{option} is not known here"),
        }
    }

    /// `winner: "NAME", dscp NUMBER …`, `also matches: "NAME", …` or `  loses to … by step NUMBER: …`
    fn learn(&mut self, line: &str) {
        let name = || line.split('"').nth(1).unwrap().to_owned();
        let number = |before: &str| {
            let rest = line.split_once(before).unwrap().1;
            rest.split(|one: char| !one.is_ascii_digit()).next().unwrap().parse().unwrap()
        };
        if line.starts_with("winner: ") {
            self.winner = name();
            self.dscp = number("\", dscp ");
        } else if line.starts_with("also matches: ") {
            self.losers.push(name());
        } else {
            let step = number(" by step ");
            self.decided_by.get_or_insert(step);
        }
    }

    /// Panics unless what leaves tells who won, and why: the DSCPs differ, and only where the place
    /// decides does the winner stand where it would win by that.
    pub(super) fn assert_is_sound(&self, set: &PolicySet) {
        let policies = &set.policies;
        let mut dscps: Vec<u8> =
            policies.iter().map(|policy| policy.actions.dscp.unwrap().value()).collect();
        let index = |name: &str| policies.iter().position(|policy| policy.name == name).unwrap();
        assert_eq!(dscps[index(&self.winner)], self.dscp, "{self:?}");
        dscps.extend([0]);
        dscps.sort_unstable();
        assert!(dscps.is_sorted_by(|one, next| one < next), "some are equal: {self:?}");
        let layer = |index: usize| policies[index].origin.layer;
        for loser in self.losers.iter().map(|name| index(name)) {
            let winner = index(&self.winner);
            let stands_better = layer(winner) > layer(loser) || winner < loser;
            assert_eq!(stands_better, self.decided_by == Some(9), "{self:?}");
        }
    }

    /// What is known of hosts where the packet's destination has that name.
    pub(super) fn hosts(&self, set: &PolicySet) -> BTreeMap<HostPattern, BTreeSet<IpAddr>> {
        let patterns = set.policies.iter().flat_map(|policy| &policy.conditions.destination_host);
        let names_it =
            |pattern: &&HostPattern| self.host.as_ref().is_some_and(|host| pattern.covers(host));
        let address = BTreeSet::from([self.destination.unwrap().ip()]);
        patterns.filter(names_it).map(|pattern| (pattern.clone(), address.clone())).collect()
    }

    /// The packet, with a DSCP of 0 and ECN bits.
    pub(super) fn packet(&self) -> Packet {
        let (source, destination) = (self.source.unwrap(), self.destination.unwrap());
        let network = match (source.ip(), destination.ip()) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => Network::V4(V4 {
                source,
                destination,
                options: Vec::new(),
                part: Part::Whole,
                identification: 1,
            }),
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                Network::V6(V6 { source, destination, flow_label: 0, extensions: Vec::new() })
            }
            _ => panic!("{source} and {destination} are of different families"),
        };
        Packet {
            link: Link::Ethernet(Vec::new()),
            network,
            traffic_class: 1,
            protocol: self.protocol,
            ports: (source.port(), destination.port()),
            payload: Vec::new(),
            trailer: Vec::new(),
        }
    }
}
