//! What the program counted of a policy set and its interfaces.

use std::collections::BTreeMap;

use qos_common::counters::{PolicyCounters, Totals};

use super::{
    super::{Direction, counters},
    Attached, Enforcement,
};
use crate::error::Result;

/// What was counted since a policy of that name is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// By the names of the policies.
    pub policies: Vec<(String, PolicyCounters)>,
    /// By the names of the interfaces that are attached; without one for others that were, and for
    /// those for which there was no room.
    pub interfaces: Vec<(Option<String>, Totals)>,
}

impl Enforcement {
    /// What was counted: by policy, in the order in which they were put in force, and by interface.
    pub fn counted(&self) -> Result<Counted> {
        let policies = self.dataplane.counters_of(self.slots.in_order().iter().copied())?;
        let names = self.slots.names().map(str::to_owned);
        let name = |attached: &Attached| Some(attached.name.clone());
        let mut interfaces: BTreeMap<Option<String>, Totals> =
            self.attached.values().map(|attached| (name(attached), Totals::default())).collect();
        for (index, totals) in self.dataplane.totals_by_interface()? {
            let both = [Direction::Egress, Direction::Ingress].map(|way| Some((index?, way)));
            let attached = both.iter().flatten().find_map(|key| self.attached.get(key));
            let sum = interfaces.entry(attached.and_then(name)).or_default();
            *sum = counters::add(*sum, totals);
        }
        Ok(Counted {
            policies: names.zip(policies).collect(),
            interfaces: interfaces.into_iter().collect(),
        })
    }
}
