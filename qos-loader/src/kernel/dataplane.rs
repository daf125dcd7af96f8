//! The eBPF program in the kernel, and its maps.

use aya::{
    Ebpf, EbpfLoader,
    maps::{ArrayOfMaps, Map, MapData, MapError},
    programs::{ProgramError, SchedClassifier},
};

use super::{
    log::{LogLevel, ProgramLog},
    names::NamePackets,
    object, privilege, refusal,
    reports::FlowReports,
    swap::{self, ImageMap},
};
use crate::{
    error::{Error, Result},
    policy::compile::PolicyImage,
};

/// Whether a device's frames have a link header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// 14 bytes of Ethernet; loopback has them too.
    Ethernet,
    /// None: the frame starts with the IP header (tun, wireguard, ppp).
    Ip,
}

impl LinkKind {
    const fn program(self) -> &'static str {
        match self {
            Self::Ethernet => "qos_ethernet",
            Self::Ip => "qos_ip",
        }
    }
}

/// The loaded object. Nothing of it outlives this value.
#[derive(Debug)]
pub struct Dataplane {
    ebpf: Ebpf,
}

impl Dataplane {
    /// Loads the object's maps; [`Dataplane::program`] loads its programs when they are needed.
    pub fn load(level: LogLevel) -> Result<Self> {
        if !object::AVAILABLE {
            return Err(Error::runtime(anyhow::anyhow!("this build has no eBPF object"))
                .hinted("build it with: cargo xtask build"));
        }
        privilege::check()?;
        let traces = privilege::can_trace();
        let object = if traces { object::OBJECT } else { object::WITHOUT_PERFMON };
        let level = level as u8;
        let ebpf = EbpfLoader::new()
            .override_global(aya_log::LEVEL, &level, traces)
            .load(object)
            .map_err(|error| refusal::of(error).context("loading the eBPF object"))?;
        Ok(Self { ebpf })
    }

    /// The program for devices of `kind`, loaded.
    pub fn program(&mut self, kind: LinkKind) -> Result<&mut SchedClassifier> {
        let name = kind.program();
        let program = self.ebpf.program_mut(name);
        let program = program.ok_or_else(|| missing("program", name))?;
        let program: &mut SchedClassifier = program.try_into().map_err(Error::runtime)?;
        match program.load() {
            Ok(()) | Err(ProgramError::AlreadyLoaded) => Ok(program),
            Err(error) => {
                let refused = refusal::of_program(error).context(format!("loading {name}"));
                Err(if privilege::can_trace() { refused } else { privilege::untraced(&refused) })
            }
        }
    }

    /// Puts `image` in force. When this returns no packet sees the old one any more: the kernel
    /// waits for those that do.
    pub fn replace(&mut self, image: &PolicyImage) -> Result<()> {
        let map = swap::image_map(&image.words)?;
        let mut sets: ArrayOfMaps<&mut MapData, ImageMap> = self.map_mut("POLICY_SET")?;
        sets.set(0, &map, 0)
            .map_err(|error| Error::runtime(error).context("putting the policy set in force"))
    }

    /// What the program logs; needs a tokio runtime.
    pub fn log(&mut self) -> Result<ProgramLog> {
        ProgramLog::open(&mut self.ebpf)
    }

    /// What name servers and programs tell each other, as soon as policies ask for hosts; once, and
    /// needs a tokio runtime.
    pub fn name_packets(&mut self) -> Result<NamePackets> {
        NamePackets::open(&mut self.ebpf)
    }

    /// The flows that it has classified; once, and needs a tokio runtime.
    pub fn flow_reports(&mut self) -> Result<FlowReports> {
        FlowReports::open(&mut self.ebpf)
    }

    /// The loaded object.
    pub(super) const fn ebpf(&mut self) -> &mut Ebpf {
        &mut self.ebpf
    }

    /// A map of its own kind, to be read.
    pub(super) fn map<'a, T>(&'a self, name: &str) -> Result<T>
    where
        T: TryFrom<&'a Map, Error = MapError>,
    {
        let map = self.ebpf.map(name).ok_or_else(|| missing("map", name))?;
        map.try_into().map_err(Error::runtime)
    }

    /// The same, to be written.
    pub(super) fn map_mut<'a, T>(&'a mut self, name: &str) -> Result<T>
    where
        T: TryFrom<&'a mut Map, Error = MapError>,
    {
        let map = self.ebpf.map_mut(name).ok_or_else(|| missing("map", name))?;
        map.try_into().map_err(Error::runtime)
    }
}

fn missing(what: &str, name: &str) -> Error {
    Error::runtime(anyhow::anyhow!("the eBPF object has no {what} {name}"))
}
