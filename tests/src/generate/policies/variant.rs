//! Policies that are nearly alike: what meets in all else shows what one condition says.

use qos_loader::policy::Conditions;

use super::{
    Shape,
    conditions::{ListOf, fit_to_url},
};
use crate::generate::{
    lists::LISTS,
    machine::SyntheticMachine,
    pools::{self, Family},
    random::Random,
};

/// The same conditions, one of which has other values.
pub(super) fn variant(
    random: &mut Random,
    machine: &SyntheticMachine,
    shape: Shape,
    conditions: &Conditions,
) -> Conditions {
    let set: Vec<_> = LISTS.iter().filter(|list| list.length(conditions) > 0).collect();
    if set.is_empty() {
        return conditions.clone();
    }
    let list = *random.pick(&set);
    let mut variant = conditions.clone();
    let mut list_of = ListOf { random, longest: shape.longest };
    let mut other = Conditions {
        user: list_of.values(100, pools::sender::user),
        group: list_of.values(100, pools::sender::group),
        application: list_of.values(100, pools::application::application),
        cgroup: list_of.values(100, |random| pools::sender::cgroup(random, machine)),
        source: list_of.values(100, |random| pools::address(random, Family::Both)),
        destination: list_of.values(100, |random| pools::address(random, Family::Both)),
        destination_host: list_of.values(100, pools::host::pattern),
        source_port: list_of.values(100, pools::ports),
        destination_port: list_of.values(100, pools::ports),
        protocol: list_of.values(100, |random| pools::protocol(random, true)),
        url: list_of.values(100, pools::url::url),
    };
    list.swap(&mut variant, &mut other);
    fit_to_url(&mut variant);
    variant
}
