//! What the kernel knows senders by, and the policy set with them.

use std::collections::{BTreeMap, BTreeSet};

use qos_common::identity::MAX_GROUPS;

use crate::{
    error::{Error, Result},
    events::QUOTA,
    policy::resolve::Resolved,
};

/// What stands for names in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// `CLOCK_BOOTTIME` in nanoseconds.
    pub generation: u64,
    /// The seed of the hashes of executables ([`qos_common::executable`]).
    pub seed: u64,
    /// The bits of groups.
    pub groups: GroupNumbers,
}

impl Keys {
    /// Of a set that no hook knows of.
    pub fn alone(resolved: &Resolved, generation: u64) -> Result<Self> {
        let groups = GroupNumbers::default().and(&resolved.group_ids())?;
        Ok(Self { generation, seed: 0, groups })
    }
}

/// The bit that stands for each group ([`qos_common::identity::GroupBits`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupNumbers {
    bits: BTreeMap<u32, u32>,
    /// Where free ones are looked for. What a socket's storage says may be old, so that a bit gets
    /// another meaning as late as possible.
    next: u32,
}

impl GroupNumbers {
    /// These and those of `groups`. Fails if there are too many.
    pub fn and(&self, groups: &BTreeSet<u32>) -> Result<Self> {
        let taken: BTreeSet<u32> = self.bits.values().copied().collect();
        let all = (0..MAX_GROUPS).map(|bit| (self.next + bit) % MAX_GROUPS);
        let mut free = all.filter(|bit| !taken.contains(bit));
        let mut numbers = self.clone();
        for group in groups.iter().filter(|group| !self.bits.contains_key(group)) {
            let bit = free.next().ok_or_else(|| {
                let message = format!("the policies name more than {MAX_GROUPS} groups");
                Error::usage(message).with_event(QUOTA)
            })?;
            numbers.bits.insert(*group, bit);
            numbers.next = bit + 1;
        }
        Ok(numbers)
    }

    /// Those of `groups` alone.
    #[must_use]
    pub fn only(&self, groups: &BTreeSet<u32>) -> Self {
        let kept = self.bits.iter().filter(|(group, _)| groups.contains(group));
        Self { bits: kept.map(|(group, bit)| (*group, *bit)).collect(), next: self.next }
    }

    /// The bit of a group.
    pub fn get(&self, group: u32) -> Option<u32> {
        self.bits.get(&group).copied()
    }

    /// Groups and bits.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.bits.iter().map(|(group, bit)| (*group, *bit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_their_bits_and_free_ones_are_taken_again_late() {
        let none = GroupNumbers::default();
        let first = none.and(&BTreeSet::from([7, 100])).unwrap();
        assert_eq!((first.get(7), first.get(100), first.get(8)), (Some(0), Some(1), None));
        let both = first.and(&BTreeSet::from([5, 100])).unwrap();
        assert_eq!(both.iter().collect::<Vec<_>>(), [(5, 2), (7, 0), (100, 1)]);
        let last = both.only(&BTreeSet::from([5, 100]));
        assert_eq!(last.and(&BTreeSet::from([9])).unwrap().get(9), Some(3));
        let most = last.and(&(1_000..1_000 + MAX_GROUPS - 2).collect()).unwrap();
        assert_eq!(most.iter().find(|(_, bit)| *bit == 0), Some((1_000 + MAX_GROUPS - 3, 0)));
        none.and(&(0..MAX_GROUPS).collect()).unwrap();
        none.and(&(0..=MAX_GROUPS).collect()).unwrap_err();
    }
}
