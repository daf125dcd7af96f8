//! Policies that never win, in a world so small that all its packets can be tried: those that are
//! found are just those that win none.

use std::{collections::BTreeSet, net::IpAddr};

use qos_loader::{
    diagnostic::Text,
    policy::{
        Policy,
        layer::PolicySet,
        rank::ranked,
        resolve::by_number,
        shadow::shadowed,
        source::{Form, Layer},
    },
};
use qos_tests::{
    generate::{
        machine::{self, SyntheticMachine},
        random::Random,
    },
    oracle::{self, Seen, Sender},
};

const SETS: u64 = 3_000;

const SOURCES: [&str; 5] = ["", "", "", "source = '0.0.0.0/0'", "source = '::/0'"];
const DESTINATIONS: [&str; 9] = [
    "",
    "destination = '10.0.0.0/30'",
    "destination = '10.0.0.0/31'",
    "destination = '10.0.0.2/31'",
    "destination = '10.0.0.1'",
    "destination = ['10.0.0.2', '10.0.0.3']",
    "destination = ['10.0.0.0/31', '10.0.0.3']",
    "destination = ['any', '10.0.0.0/30']",
    "destination = '0.0.0.0/0'",
];
const PORTS: [&str; 7] = [
    "",
    "",
    "destination-port = 80",
    "destination-port = '80:81'",
    "destination-port = [80, 81]",
    "destination-port = '1:65535'",
    "destination-port = ['1:79', '80:65535']",
];
const PROTOCOLS: [&str; 6] = [
    "",
    "",
    "protocol = 'tcp'",
    "protocol = 'tcp+udp'",
    "protocol = ['udp', 'sctp', 33, 136]",
    "protocol = ['tcp', 'udp', 'sctp', 33, 136]",
];
const USERS: [&str; 5] = ["", "", "", "user = 'root'", "user = 0"];

#[test]
fn policies_that_never_win_are_found_and_no_others() {
    let machine = SyntheticMachine::new(1);
    let world = world();
    let (mut hidden, mut by_several) = (0, 0);
    for seed in 0..SETS {
        let mut random = Random::new(seed + 6_000_000);
        let set = set(&mut random);
        let winners: BTreeSet<&str> = world
            .iter()
            .filter_map(|packet| oracle::winner(&set, packet))
            .map(|policy| policy.name.as_str())
            .collect();
        let matched = |policy: &&Policy| {
            let own = core::slice::from_ref(*policy);
            world.iter().any(|packet| oracle::winner(own, packet).is_some())
        };
        let never: BTreeSet<&str> = set
            .iter()
            .filter(|policy| !winners.contains(policy.name.as_str()))
            .filter(matched)
            .map(|policy| policy.name.as_str())
            .collect();
        let found = shadowed(&by_number(ranked(&set), &machine), set.len());
        let names = found.iter().map(|found| set[found.policy].name.as_str());
        assert_eq!(names.collect::<BTreeSet<_>>(), never, "set {seed}: {set:#?}");
        hidden += found.len();
        by_several += found.iter().filter(|found| found.by.len() > 1).count();
    }
    println!("{hidden} policies never win, {by_several} of them behind several");
    assert!(hidden > 1_000 && by_several > 100);
}

/// A few policies of a layer.
fn set(random: &mut Random) -> Vec<Policy> {
    let count = random.within(2..=9);
    let mut text = String::new();
    for number in 0..count {
        let keys = [
            *random.pick(&SOURCES),
            *random.pick(&DESTINATIONS),
            *random.pick(&PORTS),
            *random.pick(&PROTOCOLS),
            *random.pick(&USERS),
        ];
        let policy = format!("[[policy]]\nname = 'p{number}'\ndscp = 1\n{}\n", keys.join("\n"));
        // IPv6 sources have no IPv4 destinations.
        if read(policy.clone()).is_some() {
            text += &policy;
        }
    }
    read(text).unwrap()
}

fn read(content: String) -> Option<Vec<Policy>> {
    let texts = vec![Text::new("set", content)];
    let read = PolicySet::of(&[Layer { name: "set".to_owned(), form: Form::File, texts }]);
    read.ok().map(|set| set.policies)
}

/// A packet of each kind that such policies can tell apart.
fn world() -> Vec<Seen> {
    let v4 = ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"].map(address);
    let ends = v4.into_iter().map(|one| (address("192.0.2.1"), one));
    let ends: Vec<_> = ends.chain([(address("2001:db8::1"), address("2001:db8::2"))]).collect();
    let users = [None, Some(0), Some(1000)];
    let mut packets = Vec::new();
    for (source, destination) in ends {
        for protocol in [6, 17, 33, 132, 136, 47, 255] {
            for port in [None, Some(79), Some(80), Some(81), Some(82)] {
                for user in users {
                    let user_names = user.map(machine::user_names).unwrap_or_default();
                    // Only these five have ports; a later fragment of them has none.
                    if port.is_none() || ![47, 255].contains(&protocol) {
                        packets.push(Seen {
                            source,
                            destination,
                            protocol,
                            source_port: port.map(|_| 40_000),
                            destination_port: port,
                            sender: Sender { user, user_names, ..Sender::default() },
                        });
                    }
                }
            }
        }
    }
    packets
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}
