//! Sets of random policies, by number.

use qos_loader::policy::{Policy, layer::PolicySet};

use super::{
    machine::SyntheticMachine,
    policies::{Shape, policies},
    random::Random,
    text,
};

/// The policies of set number `seed`: up to 64, for every 50th 1,000, an early one among them.
pub fn random_policies(
    seed: u64,
    random: &mut Random,
    machine: &SyntheticMachine,
    enforced_only: bool,
) -> Vec<Policy> {
    let count = if seed % 50 == 7 { 1000 } else { random.within(1..=64) };
    let least = random.within(0..=3);
    let shape = Shape { policies: count, least, longest: 3, enforced_only };
    let mut policies = policies(random, machine, shape);
    if goes_through_text(seed) {
        policies.retain(text::is_writable);
    }
    policies
}

/// The same policies as the product has them: those of every fourth set are read from the text of
/// policy files, which may change their order.
pub fn as_read(seed: u64, policies: &[Policy]) -> Vec<Policy> {
    if !goes_through_text(seed) {
        return policies.to_vec();
    }
    let read = PolicySet::of(&text::layers(policies));
    read.unwrap_or_else(|errors| panic!("{}", errors.to_text(false))).policies
}

const fn goes_through_text(seed: u64) -> bool {
    seed % 4 == 3
}
