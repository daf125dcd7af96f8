//! Has the kernel record who uses each socket, as soon as some policy asks for it.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
};

use anyhow::anyhow;
use aya::{
    Ebpf,
    maps::{Array, HashMap, MapData},
};
use qos_common::kernel::{Asks, Field, KernelLayout, LAYOUT_WORDS};

use super::{
    hooks::{self, Hook, State},
    layout, privilege,
};
use crate::{
    error::{Error, Kind, Result},
    policy::compile::GroupNumbers,
};

/// What the hooks record, and by which numbers.
#[derive(Debug)]
pub(super) struct Senders {
    /// Where the kernel has what is read; none while no policy asks.
    offsets: Option<Offsets>,
    /// None while no policy asks.
    hooks: Vec<Hook>,
    /// The seed of the hashes of executables.
    seed: u64,
    /// The groups that the hooks look for.
    groups: GroupNumbers,
}

type Offsets = [u64; Field::ALL.len()];

impl Senders {
    /// Nothing is recorded yet.
    pub(super) fn new() -> Self {
        // Random keys are all that it is used for.
        let seed = RandomState::new().hash_one(0);
        Self { offsets: None, hooks: Vec::new(), seed, groups: GroupNumbers::default() }
    }

    /// Tells the program where the kernel has what it reads, if it was not told.
    pub(super) fn know_kernel(&mut self, ebpf: &mut Ebpf) -> Result<Offsets> {
        if let Some(offsets) = self.offsets {
            return Ok(offsets);
        }
        privilege::check_tracing().map_err(|error| error.context(UNKNOWN))?;
        let offsets = layout::offsets().map_err(unsupported)?;
        tell(ebpf, offsets, self.seed, Asks::Processes)?;
        self.offsets = Some(offsets);
        Ok(offsets)
    }

    /// Attaches the hooks if they are not, and records the sockets that there are. Fails with what is
    /// missing if nothing can be recorded.
    pub(super) fn record(&mut self, ebpf: &mut Ebpf) -> Result<()> {
        let offsets = self.know_kernel(ebpf)?;
        if !self.hooks.is_empty() {
            return Ok(());
        }
        tell(ebpf, offsets, self.seed, Asks::First)?;
        let types = hooks::types();
        let mut hooks = hooks::attach(ebpf, &types);
        if !hooks.iter().any(|hook| hook.state == State::Attached) {
            let reasons = hooks.iter().find_map(|hook| match &hook.state {
                State::Missing(reason) => Some(format!("{}: {reason}", hook.name)),
                State::Attached | State::Spared => None,
            });
            return Err(unsupported(anyhow!(reasons.unwrap_or_default())));
        }
        hooks.push(hooks::find_held(ebpf, &types));
        self.hooks = hooks;
        tell(ebpf, offsets, self.seed, Asks::Processes)
    }

    /// Has the hooks look for `groups` beside those that they look for, on all sockets that there are.
    pub(super) fn add_groups(&mut self, ebpf: &mut Ebpf, groups: &BTreeSet<u32>) -> Result<()> {
        let numbers = self.groups.and(groups)?;
        if numbers == self.groups {
            return Ok(());
        }
        let offsets = self.know_kernel(ebpf)?;
        let mut map = bits(ebpf)?;
        for (group, bit) in numbers.iter() {
            map.insert(group, bit, 0).map_err(Error::runtime)?;
        }
        tell(ebpf, offsets, self.seed, Asks::Groups)?;
        if self.hooks.iter().any(Hook::finds_held) {
            hooks::record_held(ebpf).map_err(Error::runtime)?;
        }
        self.groups = numbers;
        Ok(())
    }

    /// Has them look for none but `groups`.
    pub(super) fn keep_groups(&mut self, ebpf: &mut Ebpf, groups: &BTreeSet<u32>) -> Result<()> {
        let numbers = self.groups.only(groups);
        if numbers == self.groups {
            return Ok(());
        }
        let offsets = self.know_kernel(ebpf)?;
        let mut map = bits(ebpf)?;
        for (group, _) in self.groups.iter().filter(|(group, _)| !groups.contains(group)) {
            map.remove(&group).map_err(Error::runtime)?;
        }
        tell(
            ebpf,
            offsets,
            self.seed,
            if groups.is_empty() { Asks::Processes } else { Asks::Groups },
        )?;
        self.groups = numbers;
        Ok(())
    }

    /// The seed of the hashes of executables.
    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    /// The bits of groups.
    pub(super) const fn groups(&self) -> &GroupNumbers {
        &self.groups
    }

    /// What became of each hook; none while no policy asks.
    pub(super) fn hooks(&self) -> &[Hook] {
        &self.hooks
    }
}

const UNKNOWN: &str = "the kernel can't tell who sends a packet";

fn unsupported(error: anyhow::Error) -> Error {
    Error::new(Kind::Unsupported, error).context(UNKNOWN)
}

/// Tells the hooks where the kernel has what they read.
fn tell(ebpf: &mut Ebpf, offsets: Offsets, seed: u64, asks: Asks) -> Result<()> {
    let layout = KernelLayout::new(offsets, seed, asks);
    let map = ebpf.map_mut("KERNEL").ok_or_else(|| missing("KERNEL"))?;
    let mut map: Array<&mut MapData, [u64; LAYOUT_WORDS]> =
        map.try_into().map_err(Error::runtime)?;
    map.set(0, layout.0, 0).map_err(Error::runtime)
}

fn bits(ebpf: &mut Ebpf) -> Result<HashMap<&mut MapData, u32, u32>> {
    let map = ebpf.map_mut("GROUP_BITS").ok_or_else(|| missing("GROUP_BITS"))?;
    map.try_into().map_err(Error::runtime)
}

fn missing(name: &str) -> Error {
    Error::runtime(anyhow!("the eBPF object has no map {name}"))
}
