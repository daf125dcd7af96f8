//! Random sets with every kind of condition, senders and packets: `explain`, the matcher in user
//! space and the oracle name the same winner, and `explain` and the oracle the same others in the
//! same order for the same reasons.

mod case;
mod tally;

use core::num::NonZero;
use std::{slice, thread};

use qos_loader::policy::explain::Explainer;
use qos_tests::{
    generate::{
        machine::SyntheticMachine,
        packets,
        random::Random,
        senders,
        sets::{as_read, random_policies},
    },
    oracle::matching,
};

use case::Case;
use tally::Tally;

const SETS: u64 = 2_500;
const SENDERS: usize = 16;
const PACKETS: usize = 25;

#[test]
fn explain_the_matcher_and_the_oracle_name_the_same_winner() {
    let machine = SyntheticMachine::new(1);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let part = |first: u64| {
        let mut tally = Tally::default();
        for seed in (first..SETS).step_by(threads) {
            check(seed, &machine, &mut tally);
        }
        tally
    };
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let parts: Vec<_> =
            (0..).take(threads).map(|first| scope.spawn(move || part(first))).collect();
        for part in parts {
            tally.add(&part.join().unwrap());
        }
    });
    println!("{tally}");
    tally.assert_that_all_was_tested();
}

/// One set.
fn check(seed: u64, machine: &SyntheticMachine, tally: &mut Tally) {
    let mut random = Random::new(seed + 2_000_000);
    let policies = random_policies(seed, &mut random, machine, false);
    let product = as_read(seed, &policies);
    for _sender in 0..SENDERS {
        // Few packets would satisfy one policy by their sender, and the same by what they are.
        let aim = match policies.as_slice() {
            [_, ..] if random.percent(70) => slice::from_ref(random.pick(&policies)),
            all => all,
        };
        let mut sender = senders::sender(&mut random, aim, machine);
        if random.percent(15) {
            sender = senders::stranger(&mut random, sender);
        }
        let identity = senders::identity(&mut random, &sender);
        let explainer = Explainer::new(&product, &identity, machine).unwrap();
        for _packet in 0..PACKETS {
            let packet = packets::packet(&mut random, aim).seen(sender.clone());
            let expected = matching(&policies, &packet);
            let case = Case { packet: &packet, identity: &identity, machine };
            if let Some(difference) = case.difference(&product, &explainer, &expected) {
                case.fail(&difference, seed, &policies);
            }
            tally.count(&expected);
        }
    }
}
