//! What the program has counted.

use aya::{
    maps::{MapData, PerCpuArray, PerCpuValues},
    util::nr_cpus,
};
use qos_common::counters::{InterfaceTotals, MAX_POLICIES, PolicyCounters, Totals};

use super::Dataplane;
use crate::error::{Error, Result};

/// A policy's counters as the map has them, on one CPU.
type OfPolicy = [u64; size_of::<PolicyCounters>() / size_of::<u64>()];

/// An interface's number and its counters, likewise.
type OfInterface = [u64; size_of::<InterfaceTotals>() / size_of::<u64>()];

impl Dataplane {
    /// The counters of all slots, summed over CPUs.
    pub fn counters(&self) -> Result<Vec<PolicyCounters>> {
        self.counters_of(0..MAX_POLICIES)
    }

    /// The counters of `slots`, in their order.
    pub fn counters_of(&self, slots: impl Iterator<Item = u32>) -> Result<Vec<PolicyCounters>> {
        let map: PerCpuArray<&MapData, OfPolicy> = self.map("POLICIES")?;
        slots.map(|slot| Ok(policy(&map.get(&slot, 0).map_err(Error::runtime)?))).collect()
    }

    /// Has the counters of `slots` start from 0.
    pub fn reset_counters(&mut self, slots: impl Iterator<Item = u32>) -> Result<()> {
        let mut map: PerCpuArray<&mut MapData, OfPolicy> = self.map_mut("POLICIES")?;
        for slot in slots {
            map.set(slot, on_all_cpus(OfPolicy::default())?, 0).map_err(Error::runtime)?;
        }
        Ok(())
    }

    /// What was counted of packets that no policy applies to, summed over CPUs and interfaces.
    pub fn totals(&self) -> Result<Totals> {
        let all = self.totals_by_interface()?;
        Ok(all.into_iter().map(|(_, totals)| totals).fold(Totals::default(), add))
    }

    /// How many packets no program sent, where policies asked who did. Those whose answer was known
    /// are not counted.
    pub fn nobodys(&self) -> Result<u64> {
        let map: PerCpuArray<&MapData, u64> = self.map("NOBODYS")?;
        Ok(map.get(&0, 0).map_err(Error::runtime)?.iter().sum())
    }

    /// The same for each interface that has some, by its number; without one for those that had no
    /// counters of their own.
    pub(super) fn totals_by_interface(&self) -> Result<Vec<(Option<u32>, Totals)>> {
        let map: PerCpuArray<&MapData, OfInterface> = self.map("TOTALS")?;
        let mut found = Vec::new();
        for element in 0..=InterfaceTotals::OWN {
            let values = map.get(&element, 0).map_err(Error::runtime)?;
            let counted = values.iter().filter(|value| **value != OfInterface::default());
            found.extend(counted.map(|[interface, unmatched, not_ip, malformed]| {
                let own = u32::try_from(*interface).ok().filter(|_| element < InterfaceTotals::OWN);
                let (unmatched, not_ip, malformed) = (*unmatched, *not_ip, *malformed);
                (own, Totals { unmatched, not_ip, malformed })
            }));
        }
        Ok(found)
    }

    /// Makes room for the counters of an interface, if that is taken by another one. Those of
    /// interfaces that `stays` keep it.
    pub(super) fn make_room(&mut self, interface: u32, stays: impl Fn(u32) -> bool) -> Result<()> {
        let mut map: PerCpuArray<&mut MapData, OfInterface> = self.map_mut("TOTALS")?;
        let element = InterfaceTotals::element(interface);
        let values = map.get(&element, 0).map_err(Error::runtime)?;
        let is_old = |[own, ..]: &OfInterface| {
            u32::try_from(*own).is_ok_and(|own| own != 0 && own != interface && !stays(own))
        };
        if values.iter().any(is_old) {
            let none = on_all_cpus(OfInterface::default())?;
            map.set(element, none, 0).map_err(Error::runtime)?;
        }
        Ok(())
    }
}

fn policy(values: &[OfPolicy]) -> PolicyCounters {
    let add = |sums: OfPolicy, one: &OfPolicy| {
        core::array::from_fn(|index| sums[index].wrapping_add(one[index]))
    };
    let [packets, bytes, rewritten, unchanged, failed, dropped, dropped_bytes] =
        values.iter().fold(OfPolicy::default(), add);
    PolicyCounters { packets, bytes, rewritten, unchanged, failed, dropped, dropped_bytes }
}

/// Both together.
pub(super) const fn add(one: Totals, other: Totals) -> Totals {
    Totals {
        unmatched: one.unmatched + other.unmatched,
        not_ip: one.not_ip + other.not_ip,
        malformed: one.malformed + other.malformed,
    }
}

fn on_all_cpus<const N: usize>(value: [u64; N]) -> Result<PerCpuValues<[u64; N]>> {
    let cpus = nr_cpus().map_err(|(_, error)| Error::runtime(error))?;
    PerCpuValues::try_from(vec![value; cpus]).map_err(Error::runtime)
}
