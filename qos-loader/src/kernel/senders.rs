//! Has the kernel record who uses each socket, as soon as some policy asks for it.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
};

use aya::{
    Ebpf,
    maps::{Array, HashMap, MapData},
};
use qos_common::kernel::{Field, KernelLayout, LAYOUT_WORDS};

use super::hooks::{self, Hook, State};
use super::layout;
use crate::{
    error::{Error, Result},
    policy::compile::GroupNumbers,
};

/// What the hooks record, and by which numbers.
#[derive(Debug)]
pub(super) struct Senders {
    /// None while no policy asks.
    recording: Option<Recording>,
    /// The seed of the hashes of executables.
    seed: u64,
    /// The groups that the hooks look for.
    groups: GroupNumbers,
}

#[derive(Debug)]
struct Recording {
    offsets: [u64; Field::ALL.len()],
    hooks: Vec<Hook>,
}

impl Senders {
    /// Nothing is recorded yet.
    pub(super) fn new() -> Self {
        // Random keys are all that it is used for.
        let seed = RandomState::new().hash_one(0);
        Self { recording: None, seed, groups: GroupNumbers::default() }
    }

    /// Attaches the hooks if they are not, and records the sockets that there are. Fails with what is
    /// missing if nothing can be recorded.
    pub(super) fn record(&mut self, ebpf: &mut Ebpf) -> Result<()> {
        if self.recording.is_some() {
            return Ok(());
        }
        let offsets = layout::offsets().map_err(unsupported)?;
        tell(ebpf, offsets, self.seed, false)?;
        let hooks = hooks::attach(ebpf);
        let reason = hooks.iter().find_map(|hook| match &hook.state {
            State::Missing(reason) => Some(format!("{}: {reason}", hook.name)),
            State::Attached | State::Spared => None,
        });
        let is_attached = |hook: &Hook| hook.state == State::Attached;
        if !hooks.iter().any(is_attached) {
            return Err(unsupported(anyhow::anyhow!(reason.unwrap_or_default())));
        }
        hooks::record_held(ebpf).map_err(unsupported)?;
        self.recording = Some(Recording { offsets, hooks });
        Ok(())
    }

    /// Has the hooks look for `groups` beside those that they look for, on all sockets that there are.
    pub(super) fn add_groups(&mut self, ebpf: &mut Ebpf, groups: &BTreeSet<u32>) -> Result<()> {
        let numbers = self.groups.and(groups)?;
        let Some(recording) = &self.recording else { return Ok(()) };
        if numbers == self.groups {
            return Ok(());
        }
        let mut map = bits(ebpf)?;
        for (group, bit) in numbers.iter() {
            map.insert(group, bit, 0).map_err(Error::runtime)?;
        }
        tell(ebpf, recording.offsets, self.seed, true)?;
        hooks::record_held(ebpf).map_err(Error::runtime)?;
        self.groups = numbers;
        Ok(())
    }

    /// Has them look for none but `groups`.
    pub(super) fn keep_groups(&mut self, ebpf: &mut Ebpf, groups: &BTreeSet<u32>) -> Result<()> {
        let numbers = self.groups.only(groups);
        let Some(recording) = self.recording.as_ref().filter(|_| numbers != self.groups) else {
            return Ok(());
        };
        let mut map = bits(ebpf)?;
        for (group, _) in self.groups.iter().filter(|(group, _)| !groups.contains(group)) {
            map.remove(&group).map_err(Error::runtime)?;
        }
        tell(ebpf, recording.offsets, self.seed, !groups.is_empty())?;
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
        self.recording.as_ref().map_or(&[], |recording| &recording.hooks)
    }
}

fn unsupported(error: anyhow::Error) -> Error {
    Error::new(crate::error::Kind::Unsupported, error)
        .context("the kernel can't tell who sends a packet")
}

/// Tells the hooks where the kernel has what they read.
fn tell(ebpf: &mut Ebpf, offsets: [u64; Field::ALL.len()], seed: u64, groups: bool) -> Result<()> {
    let layout = KernelLayout::new(offsets, seed, groups);
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
    Error::runtime(anyhow::anyhow!("the eBPF object has no map {name}"))
}
