//! Random policies.

mod conditions;
mod variant;

use qos_common::dscp::Dscp;
use qos_loader::policy::{
    Actions, Origin, Policy, Rate, condition::KnownName as _, throttle::RateUnit,
};

use super::{machine::SyntheticMachine, random::Random};

/// What a set looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many policies it has.
    pub policies: usize,
    /// How many conditions each has at least: where some policy matches everything, few packets
    /// match none.
    pub least: usize,
    /// How many values a list has at most.
    pub longest: usize,
    /// Whether policies only have what the kernel knows of packets without a process.
    pub enforced_only: bool,
}

/// Policies in a few layers. Their code points tell them apart as far as 64 can.
pub fn policies(random: &mut Random, machine: &SyntheticMachine, shape: Shape) -> Vec<Policy> {
    let count = shape.policies;
    let layers = random.within(1..=4);
    let first = random.within(0..=63);
    // Places within a layer have gaps, as where a higher layer replaced a policy.
    let mut places = vec![0; layers];
    let mut policies: Vec<Policy> = (0..count)
        .map(|number| {
            let layer = random.within(0..=layers - 1);
            places[layer] += random.within(1..=3);
            let dscp = u8::try_from((first + number) % 64).ok().and_then(Dscp::new);
            let conditions = conditions::conditions(random, machine, shape);
            let actions = Actions { dscp, ..Actions::default() };
            Policy {
                name: format!("policy-{number}"),
                conditions,
                actions: if shape.enforced_only {
                    actions
                } else {
                    with_unenforced(random, actions)
                },
                origin: Origin {
                    layer,
                    layer_name: format!("layer-{layer}"),
                    file: "random".into(),
                    line: number + 1,
                    place: places[layer],
                },
            }
        })
        .collect();
    // Some say the same as another, so that only their place decides.
    for index in 1..count {
        if random.percent(5) {
            policies[index].conditions = policies[random.within(0..=index - 1)].conditions.clone();
        }
    }
    // And some nearly the same, so that a later step decides than between strangers.
    for index in 1..count {
        if !shape.enforced_only && random.percent(30) {
            let other = &policies[random.within(0..=index - 1)].conditions;
            policies[index].conditions = variant::variant(random, machine, shape, other);
        }
    }
    // The order in which they are handed over says nothing.
    for index in 1..count {
        policies.swap(index, random.within(0..=index));
    }
    policies
}

/// Beside the code point, actions that are not enforced; some policies only limit the rate.
fn with_unenforced(random: &mut Random, actions: Actions) -> Actions {
    let throttle = if random.percent(25) {
        Rate::new(1 + u64::from(random.half_bits()), *random.pick(RateUnit::ALL))
    } else {
        None
    };
    let dscp = actions.dscp.filter(|_| throttle.is_none() || random.percent(60));
    Actions { dscp, throttle, keep_marked: random.percent(20) }
}
