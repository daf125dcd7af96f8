//! Which counter slot a policy has: the same over reloads, so that its counters go on.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::Policy;

/// What no name holds.
const BETWEEN: &str = "\n";

/// The slots in use.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// The policies' names, one after the other: as values of their own they would take ten times
    /// the memory.
    names: String,
    /// Their slots, in the same order.
    numbers: Vec<u32>,
    /// Those below have been in use, and may have counted.
    used: u32,
}

impl Slots {
    /// The slots for `policies`: those that they have, and the lowest free ones for the new.
    pub(super) fn for_policies(&self, policies: &[Policy]) -> Self {
        let before = self.by_name();
        let kept = || policies.iter().map(|policy| before.get(policy.name.as_str()).copied());
        let taken: BTreeSet<u32> = kept().flatten().collect();
        let mut free = (0..).filter(|slot| !taken.contains(slot));
        let numbers: Vec<u32> = kept().filter_map(|slot| slot.or_else(|| free.next())).collect();
        let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
        let used = numbers.iter().map(|slot| slot + 1).fold(self.used, u32::max);
        Self { names: names.join(BETWEEN), numbers, used }
    }

    fn by_name(&self) -> BTreeMap<&str, u32> {
        self.names().zip(self.numbers.iter().copied()).collect()
    }

    /// The slots that have counted for others than those that have them now, if `before` was in
    /// use: they are to start from 0.
    pub(super) fn reused_since(&self, before: &Self) -> impl Iterator<Item = u32> {
        let old = before.by_name();
        let new = self.by_name().into_iter().filter(move |(name, _)| !old.contains_key(name));
        new.map(|(_, slot)| slot).filter(|slot| *slot < before.used)
    }

    /// The policies' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.split(BETWEEN)
    }

    /// The name of the policy that has `slot`.
    pub(super) fn name_in(&self, slot: u32) -> Option<&str> {
        let index = self.numbers.iter().position(|number| *number == slot)?;
        self.names().nth(index)
    }

    /// The slots in the order of the policies.
    pub(super) fn in_order(&self) -> &[u32] {
        &self.numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Actions, Conditions, Origin};

    fn policies(names: &[&str]) -> Vec<Policy> {
        let policy = |name: &&str| Policy {
            name: (*name).to_owned(),
            conditions: Conditions::default(),
            actions: Actions::default(),
            origin: Origin {
                layer: 0,
                layer_name: String::new(),
                file: "test".into(),
                line: 1,
                place: 0,
            },
        };
        names.iter().map(policy).collect()
    }

    #[test]
    fn a_policy_keeps_its_slot_and_a_slot_that_counted_for_another_starts_anew() {
        let none = Slots::default();
        let first = none.for_policies(&policies(&["a", "b", "c"]));
        assert_eq!(first.in_order(), [0, 1, 2]);
        assert_eq!(first.reused_since(&none).count(), 0, "nothing has counted yet");

        let second = first.for_policies(&policies(&["c", "a"]));
        assert_eq!(second.in_order(), [2, 0]);
        assert_eq!([0, 1, 2].map(|slot| second.name_in(slot)), [Some("a"), None, Some("c")]);
        assert_eq!(second.reused_since(&first).count(), 0);

        let third = second.for_policies(&policies(&["d", "c", "b", "e"]));
        assert_eq!(third.in_order(), [0, 2, 1, 3]);
        let reused: Vec<u32> = third.reused_since(&second).collect();
        assert_eq!(reused, [1, 0], "b was away, and d is new where a counted");
    }
}
