//! The programs that ours is measured against, loaded.

use anyhow::{Context as _, Result};
use aya::{
    Ebpf, include_bytes_aligned,
    maps::{Map, MapError},
    programs::{ProgramFd, SchedClassifier},
};

use crate::trace::Family;

static OBJECT: &[u8] = include_bytes_aligned!(concat!(env!("OUT_DIR"), "/qos-bench-ebpf"));

/// The loaded object of `qos-bench-ebpf`.
pub(crate) struct Programs(Ebpf);

impl Programs {
    pub(crate) fn load() -> Result<Self> {
        let mut ebpf = Ebpf::load(OBJECT).context("loading the programs to compare with")?;
        for (_, program) in ebpf.programs_mut() {
            let program: &mut SchedClassifier = program.try_into()?;
            program.load()?;
        }
        Ok(Self(ebpf))
    }

    /// The program of this name, which is in the object.
    pub(crate) fn program(&mut self, name: &str) -> Result<&mut SchedClassifier> {
        let program = self.0.program_mut(name).with_context(|| format!("no program {name}"))?;
        Ok(program.try_into()?)
    }

    /// The descriptor of the program of this name.
    pub(crate) fn descriptor(&mut self, name: &str) -> Result<ProgramFd> {
        Ok(self.program(name)?.fd()?.try_clone()?)
    }

    /// The descriptor of the program that only writes.
    pub(crate) fn floor(&mut self, family: Family) -> Result<ProgramFd> {
        self.descriptor(match family {
            Family::V4 => "floor_v4",
            Family::V6 => "floor_v6",
        })
    }

    /// The map of this name, which is in the object.
    pub(crate) fn map<'a, M>(&'a mut self, name: &str) -> Result<M>
    where
        M: TryFrom<&'a mut Map, Error = MapError>,
    {
        let map = self.0.map_mut(name).with_context(|| format!("no map {name}"))?;
        Ok(map.try_into()?)
    }
}
