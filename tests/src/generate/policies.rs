//! Random policies.

use qos_common::dscp::Dscp;
use qos_loader::policy::{Actions, AddressMatch, Conditions, Origin, Policy};

use super::{
    machine::SyntheticMachine,
    pools::{self, Family},
    random::Random,
};

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
            Policy {
                name: format!("policy-{number}"),
                conditions: conditions(random, machine, shape),
                actions: Actions { dscp, ..Actions::default() },
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
    // The order in which they are handed over says nothing.
    for index in 1..count {
        policies.swap(index, random.within(0..=index));
    }
    policies
}

fn conditions(random: &mut Random, machine: &SyntheticMachine, shape: Shape) -> Conditions {
    loop {
        let conditions = any_conditions(random, machine, shape.longest);
        let Conditions {
            user,
            cgroup,
            source,
            destination,
            source_port,
            destination_port,
            protocol,
            ..
        } = &conditions;
        let narrows =
            |list: &[AddressMatch]| !list.is_empty() && !list.contains(&AddressMatch::Any);
        let set = [
            !user.is_empty(),
            !cgroup.is_empty(),
            narrows(source),
            narrows(destination),
            !source_port.is_empty(),
            !destination_port.is_empty(),
            !protocol.is_empty(),
        ];
        if set.into_iter().filter(|set| *set).count() >= shape.least {
            return conditions;
        }
    }
}

/// Conditions that the policy file could hold, except that the lists of addresses may happen to
/// share no family.
fn any_conditions(random: &mut Random, machine: &SyntheticMachine, longest: usize) -> Conditions {
    let family = *random.pick(&[Family::V4, Family::V6, Family::Both]);
    let mut list = List { random, longest };
    let user = list.of(12, pools::user);
    let cgroup = list.of(15, |random| pools::cgroup(random, machine));
    let source = list.of(35, |random| pools::address(random, family));
    let destination = list.of(40, |random| pools::address(random, family));
    let source_port = list.of(25, pools::ports);
    let destination_port = list.of(35, pools::ports);
    let with_ports = !source_port.is_empty() || !destination_port.is_empty();
    let protocol = list.of(40, |random| pools::protocol(random, with_ports));
    Conditions {
        user,
        cgroup,
        source,
        destination,
        source_port,
        destination_port,
        protocol,
        ..Conditions::default()
    }
}

struct List<'a> {
    random: &'a mut Random,
    longest: usize,
}

impl List<'_> {
    /// A list that is empty but for `percent` in a hundred; most have one value.
    fn of<T>(&mut self, percent: u64, value: impl Fn(&mut Random) -> T) -> Vec<T> {
        let length = match (self.random.percent(percent), self.random.percent(60)) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => self.random.within(1..=self.longest),
        };
        (0..length).map(|_| value(self.random)).collect()
    }
}
