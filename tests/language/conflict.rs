//! Conflicts: the packet of each is one that both policies match, and no two policies that only
//! their place decides between are passed over.

use std::collections::BTreeSet;

use qos_loader::policy::{CgroupPattern, Policy, conflict, rank::ranked, resolve::by_number};
use qos_tests::{
    generate::{
        machine::{self, SyntheticMachine},
        packets,
        random::Random,
        senders,
        sets::random_policies,
    },
    oracle::{self, Request, Seen, Sender},
};

const SETS: u64 = 400;
const PACKETS: usize = 300;

#[test]
fn a_conflict_shows_a_packet_of_both_and_none_is_missed() {
    let machine = SyntheticMachine::new(1);
    let (mut shown, mut met) = (0, 0);
    for seed in 0..SETS {
        let mut random = Random::new(seed + 5_000_000);
        let policies = random_policies(seed, &mut random, &machine, false);
        let rules = by_number(ranked(&policies), &machine);
        let conflicts = conflict::conflicts(&rules);
        for found in &conflicts {
            let packet = packet(&found.example.to_string());
            let matching = oracle::matching(&policies, &packet);
            // Another rule of the loser may take this one packet.
            for index in [found.winner, found.loser] {
                let name = &policies[index].name;
                let matches = matching.policies.iter().any(|policy| policy.name == *name);
                assert!(matches && found.winner != found.loser, "{seed}: {found:?}");
            }
            shown += 1;
        }
        let losers: BTreeSet<&str> =
            conflicts.iter().map(|found| policies[found.loser].name.as_str()).collect();
        for _packet in 0..PACKETS {
            let packet = packets::packet(&mut random, &policies);
            let sender = senders::sender(&mut random, &policies, &machine);
            let matching = oracle::matching(&policies, &packet.seen(sender));
            let behind: &[&Policy] = matching.policies.get(1..).unwrap_or_default();
            for (policy, _) in behind.iter().zip(&matching.decided_by).filter(|(_, by)| **by == 9) {
                assert!(losers.contains(policy.name.as_str()), "{seed}: {}", policy.name);
                met += 1;
            }
        }
    }
    println!("{shown} conflicts shown, {met} met");
    assert!(shown > 1_000 && met > 1_000);
}

/// The packet that the options of `explain` describe, on the synthetic machine.
fn packet(options: &str) -> Seen {
    let words = shlex::split(options).unwrap();
    let (pairs, rest) = words.as_chunks::<2>();
    assert!(rest.is_empty(), "{options}");
    let all = |wanted: &str| -> Vec<String> {
        let own = pairs.iter().filter(|[option, _]| option.strip_prefix("--") == Some(wanted));
        own.map(|[_, value]| value.clone()).collect()
    };
    let one = |wanted: &str| all(wanted).pop();
    let end = |option: &str| -> (std::net::IpAddr, Option<u16>) {
        let text = one(option).unwrap();
        match text.parse::<std::net::SocketAddr>() {
            Ok(both) => (both.ip(), Some(both.port())),
            Err(_) => (text.parse().unwrap(), None),
        }
    };
    let protocol = match one("protocol").unwrap().as_str() {
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        "icmpv6" => 58,
        "sctp" => 132,
        number => number.parse().unwrap(),
    };
    let ((source, source_port), (destination, destination_port)) =
        (end("source"), end("destination"));
    let sender = Sender {
        user: one("user").and_then(|user| user.parse().ok()),
        user_names: one("user").map(named).into_iter().flatten().collect(),
        groups: all("group").iter().filter_map(|group| group.parse().ok()).collect(),
        group_names: all("group").into_iter().filter_map(named).collect(),
        application: one("application"),
        cgroup: one("cgroup").map(|path| CgroupPattern::new(&path).unwrap()),
        said: one("destination-host"),
        learned: Vec::new(),
        url: one("url").map(|url| request(&url)),
    };
    // By whatever name a policy calls the same user or group.
    let users = sender.user.into_iter().flat_map(machine::user_names);
    let groups = sender.groups.iter().copied().flat_map(machine::group_names);
    let sender = Sender {
        user_names: sender.user_names.iter().copied().chain(users).collect(),
        group_names: sender.group_names.iter().copied().chain(groups).collect(),
        ..sender
    };
    Seen { source, destination, protocol, source_port, destination_port, sender }
}

/// A name that no number stands for.
fn named(account: String) -> Option<&'static str> {
    account.parse::<u32>().is_err().then(|| &*account.leak())
}

fn request(url: &str) -> Request {
    let (scheme, rest) = url.split_once("://").unwrap();
    let scheme = if scheme == "https" { "https" } else { "http" };
    let (authority, path) = rest.split_once('/').unwrap();
    let with_port = authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
    let (host, port) =
        with_port.map_or((authority, None), |(host, port)| (host, port.parse().ok()));
    Request { scheme, host: host.to_owned(), port, path: format!("/{path}") }
}
