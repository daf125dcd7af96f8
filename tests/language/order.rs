//! The order in which `show` lists a set: no packet takes part.

use qos_loader::policy::{Policy, rank};
use qos_tests::{
    generate::{
        machine::SyntheticMachine,
        random::Random,
        sets::{as_read, random_policies},
        shrink::shrink,
        text,
    },
    oracle::winning_order,
};

const SETS: u64 = 2_000;

#[test]
fn policies_stand_in_the_oracles_order() {
    let machine = SyntheticMachine::new(1);
    let mut decided = [0; 9];
    for seed in 0..SETS {
        let mut random = Random::new(seed + 3_000_000);
        let policies = random_policies(seed, &mut random, &machine, false);
        let expected = winning_order(&policies);
        if order(&as_read(seed, &policies)) != names(&expected.policies) {
            fail(seed, &policies);
        }
        for step in expected.decided_by {
            decided[usize::from(step - 1)] += 1;
        }
    }
    println!("steps 1 to 9 decided {decided:?} times between neighbours");
    assert!(decided.iter().all(|count| *count > 1_000));
}

fn order(policies: &[Policy]) -> Vec<String> {
    let order = rank::winning_order(policies);
    order.into_iter().map(|index| policies[index].name.clone()).collect()
}

fn names(policies: &[&Policy]) -> Vec<String> {
    policies.iter().map(|policy| policy.name.clone()).collect()
}

/// Fails with the smallest set that stands in another order.
fn fail(seed: u64, policies: &[Policy]) -> ! {
    let differs = |policies: &[Policy]| order(policies) != names(&winning_order(policies).policies);
    let small = shrink(policies, differs);
    let written: String = small.iter().map(text::placed).collect();
    let (is, must) = (order(&small), winning_order(&small));
    panic!(
        "set {seed}: the order is {is:?}, not {:?} by {:?}\n{written}",
        names(&must.policies),
        must.decided_by
    );
}
