//! Caches know a request by its class: to all requests of a class a set has the same answer for a packet,
//! whatever else they ask for.

use std::{collections::BTreeMap, slice};

use qos_common::{
    policy_set::{
        asked::{Asked, NO_PORT},
        url,
    },
    sender::Sender as _,
};
use qos_tests::{
    generate::{
        machine::{SentOn, SyntheticMachine, hosts_of},
        packets,
        random::Random,
        senders,
        sets::{as_read, random_policies},
    },
    oracle::{self, winner},
    repeated,
};

use crate::set::Set;

const SETS: u32 = 1_000;
const PACKETS: usize = 5;
const REQUESTS: usize = 60;

#[test]
fn have_one_answer_each() {
    let machine = SyntheticMachine::new(1);
    let sets = u64::from(repeated(SETS));
    // Requests of a class in which there was another one before, without a winner for a URL and with one.
    let mut others = [0_u64; 2];
    for seed in 0..sets {
        let mut random = Random::new(seed + 3_000_000);
        let policies = random_policies(seed, &mut random, &machine, true);
        let set = Set::with_hosts(as_read(seed, &policies), &machine, hosts_of(&policies));
        let image = set.image.words.as_slice();
        let urls: Vec<_> =
            policies.iter().filter(|policy| !policy.conditions.url.is_empty()).collect();
        if urls.is_empty() {
            continue;
        }
        for _packet in 0..PACKETS {
            let aim = slice::from_ref(*random.pick(&urls));
            let packet = packets::packet(&mut random, aim);
            let sender = senders::sender(&mut random, aim, &machine);
            let mut classes = BTreeMap::new();
            for _request in 0..REQUESTS {
                let url = senders::sender(&mut random, aim, &machine).url;
                let sender = oracle::Sender { url, said: None, ..sender.clone() };
                let winner = winner(&policies, &packet.seen(sender.clone()));
                let sent = SentOn::new(&machine, &sender);
                let Some(request) = sent.received() else { continue };
                let mut search = url::Search::new(image, request, NO_PORT);
                while !search.step(image, request) {}
                let Asked { version, class } = Asked::received(seed, search.vectors(), request);
                let name = winner.map(|policy| policy.name.as_str());
                let first = classes.entry(class).or_insert((version, name, sender.url.clone()));
                assert_eq!(first.1, name, "set {seed}: {:?} and {:?}", first.2, sender.url);
                let has_url = winner.is_some_and(|policy| !policy.conditions.url.is_empty());
                others[usize::from(has_url)] += u64::from(first.0 != version);
            }
        }
    }
    println!("others of a class, without a URL and with one: {others:?}");
    assert!(others.iter().all(|count| *count > 10 * sets), "too few of a kind");
}
