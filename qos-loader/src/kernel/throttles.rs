//! What policies owe of their rates: it goes on over reloads, as long as a policy keeps its rate. Else
//! neither a new burst nor an old debt would be what the file says.

use std::collections::{BTreeMap, BTreeSet};

use aya::maps::{Array, MapData};

use super::Dataplane;
use crate::{
    error::{Error, Result},
    policy::Policy,
};

/// The rates in force, in bytes a second, by the policies' slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Throttles(BTreeMap<u32, u64>);

impl Throttles {
    /// Those of `policies`, which have these `slots`.
    pub(super) fn of(policies: &[Policy], slots: &[u32]) -> Self {
        let rates = policies.iter().zip(slots).filter_map(|(policy, slot)| {
            Some((*slot, policy.actions.throttle?.bytes_per_second()))
        });
        Self(rates.collect())
    }

    /// All of them.
    pub(super) fn rates(&self) -> &BTreeMap<u32, u64> {
        &self.0
    }

    /// Whether no policy has a rate.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slots whose rate is another than `before`, or whose policy is: those in `reused`.
    fn changed_since(&self, before: &Self, reused: &BTreeSet<u32>) -> impl Iterator<Item = u32> {
        let changed = self
            .0
            .iter()
            .filter(|(slot, rate)| before.0.get(slot) != Some(rate) || reused.contains(slot));
        changed.map(|(slot, _)| *slot)
    }

    /// Has those start without a debt, once no packet is charged by the rates `before`.
    pub(super) fn start(
        &self,
        before: &Self,
        reused: &BTreeSet<u32>,
        dataplane: &mut Dataplane,
    ) -> Result<()> {
        let mut due: Array<&mut MapData, u64> = dataplane.map_mut("DUE")?;
        for slot in self.changed_since(before, reused) {
            due.set(slot, 0, 0).map_err(Error::runtime)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debt_stays_with_a_policy_and_its_rate() {
        let throttles = |rates: &[(u32, u64)]| Throttles(rates.iter().copied().collect());
        let before = throttles(&[(0, 1_000), (1, 1_000), (2, 1_000)]);
        let after = throttles(&[(0, 1_000), (1, 2_000), (2, 1_000), (3, 1_000)]);
        let changed: Vec<u32> = after.changed_since(&before, &BTreeSet::from([2])).collect();
        assert_eq!(changed, [1, 2, 3]);
        assert_eq!(after.changed_since(&after, &BTreeSet::new()).count(), 0);
    }
}
