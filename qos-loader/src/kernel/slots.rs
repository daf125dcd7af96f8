//! Which counter slot a policy has: the same over reloads, so that its counters go on.

use std::collections::BTreeMap;

use crate::policy::Policy;

/// The slots in use, by policy name.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(BTreeMap<String, u32>);

impl Slots {
    /// The slots for `policies`: those that they have, and the lowest free ones for the new.
    pub(super) fn for_policies(&self, policies: &[Policy]) -> Self {
        let kept: BTreeMap<String, u32> = policies
            .iter()
            .filter_map(|policy| Some((policy.name.clone(), *self.0.get(&policy.name)?)))
            .collect();
        let taken: std::collections::BTreeSet<u32> = kept.values().copied().collect();
        let mut free = (0..).filter(|slot| !taken.contains(slot));
        let mut slots = Self(kept);
        for policy in policies {
            if !slots.0.contains_key(&policy.name) {
                slots.0.extend(free.next().map(|slot| (policy.name.clone(), slot)));
            }
        }
        slots
    }

    /// The slots that `before` had given to no policy of these names, to start from 0.
    pub(super) fn new_since(&self, before: &Self) -> impl Iterator<Item = u32> {
        let new = self.0.iter().filter(|(name, _)| !before.0.contains_key(*name));
        new.map(|(_, slot)| *slot)
    }

    /// The slots in the order of `policies`, which must all have one.
    pub(super) fn in_order(&self, policies: &[Policy]) -> Vec<u32> {
        policies.iter().filter_map(|policy| self.0.get(&policy.name)).copied().collect()
    }
}
