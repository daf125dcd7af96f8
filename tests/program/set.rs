//! A set of policies, compiled.

use qos_loader::{
    diagnostic::Text,
    policy::{
        Policy,
        compile::{PolicyImage, compile},
        layer::PolicySet,
        rank::ranked,
        resolve::{Machine, Resolved},
        source::{Form, Layer},
    },
};
use qos_tests::generate::{
    machine::SyntheticMachine,
    policies::{Shape, policies},
    random::Random,
    text,
};

/// Policies and their image; the slot of a policy is its index.
pub(crate) struct Set {
    pub(crate) policies: Vec<Policy>,
    pub(crate) image: PolicyImage,
}

impl Set {
    pub(crate) fn new(policies: Vec<Policy>, machine: &dyn Machine) -> Self {
        let slots: Vec<u32> = (0..).take(policies.len()).collect();
        let resolved = Resolved::new(&policies, machine);
        let image = compile(&ranked(&policies), &policies, &slots, &resolved, 1);
        Self { policies, image: image.unwrap() }
    }

    /// The index of the policy that is called `name`.
    pub(crate) fn index(&self, name: &str) -> usize {
        self.policies.iter().position(|policy| policy.name == name).unwrap()
    }
}

/// The policies of set number `seed`: up to 64, for every 50th 1,000.
pub(crate) fn random_policies(
    seed: u64,
    random: &mut Random,
    machine: &SyntheticMachine,
) -> Vec<Policy> {
    let count = if seed % 50 == 49 { 1000 } else { random.within(1..=64) };
    let shape = Shape { policies: count, least: random.within(0..=3), longest: 3 };
    let mut policies = policies(random, machine, shape);
    if goes_through_text(seed) {
        policies.retain(text::is_writable);
    }
    policies
}

/// The set for the oracle's `policies`; every fourth comes from the text of policy files.
pub(crate) fn random_set(seed: u64, policies: &[Policy], machine: &SyntheticMachine) -> Set {
    if goes_through_text(seed) {
        let read = PolicySet::of(&text::layers(policies));
        Set::new(
            read.unwrap_or_else(|errors| panic!("{}", errors.to_text(false))).policies,
            machine,
        )
    } else {
        Set::new(policies.to_vec(), machine)
    }
}

const fn goes_through_text(seed: u64) -> bool {
    seed % 4 == 3
}

/// Policies as `--policy` arguments, the first of equal ones first.
pub(crate) fn arguments(arguments: &[&str]) -> Vec<Policy> {
    let name = "--policy".to_owned();
    let text = |argument: &&str| Text::new(name.clone(), (*argument).to_owned());
    let texts = arguments.iter().map(text).collect();
    let read = PolicySet::of(&[Layer { form: Form::Argument, texts, name: name.clone() }]);
    read.unwrap_or_else(|errors| panic!("{}", errors.to_text(false))).policies
}
