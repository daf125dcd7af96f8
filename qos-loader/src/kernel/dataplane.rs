//! The eBPF program in the kernel, and its maps.

use aya::{
    Ebpf, EbpfLoader,
    maps::{ArrayOfMaps, MapData, PerCpuArray, PerCpuValues},
    programs::{ProgramError, SchedClassifier},
    util::nr_cpus,
};
use qos_common::counters::{PolicyCounters, Totals};

use super::{
    log::{LogLevel, ProgramLog},
    object, privilege, refusal,
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
        let level = level as u8;
        let ebpf = EbpfLoader::new()
            .override_global(aya_log::LEVEL, &level, true)
            .load(object::OBJECT)
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
            Err(error) => Err(refusal::of_program(error).context(format!("loading {name}"))),
        }
    }

    /// Puts `image` in force. When this returns no packet sees the old one any more: the kernel
    /// waits for those that do.
    pub fn replace(&mut self, image: &PolicyImage) -> Result<()> {
        let map = swap::image_map(&image.words)?;
        let sets = self.ebpf.map_mut("POLICY_SET").ok_or_else(|| missing("map", "POLICY_SET"))?;
        let mut sets: ArrayOfMaps<&mut MapData, ImageMap> =
            sets.try_into().map_err(Error::runtime)?;
        sets.set(0, &map, 0)
            .map_err(|error| Error::runtime(error).context("putting the policy set in force"))
    }

    /// The counters of each slot, summed over CPUs.
    pub fn counters(&self) -> Result<Vec<PolicyCounters>> {
        let map: PerCpuArray<&MapData, [u64; 5]> = self.map("POLICIES")?;
        let sum = |values: &[[u64; 5]]| {
            let [packets, bytes, rewritten, unchanged, failed] = sum(values);
            PolicyCounters { packets, bytes, rewritten, unchanged, failed }
        };
        let slots = map.iter().map(|values| values.map(|values| sum(&values)));
        slots.collect::<Result<_, _>>().map_err(Error::runtime)
    }

    /// Has the counters of `slots` start from 0.
    pub fn reset_counters(&mut self, slots: impl Iterator<Item = u32>) -> Result<()> {
        let map = self.ebpf.map_mut("POLICIES").ok_or_else(|| missing("map", "POLICIES"))?;
        let mut map: PerCpuArray<&mut MapData, [u64; 5]> =
            map.try_into().map_err(Error::runtime)?;
        let cpus = nr_cpus().map_err(|(_, error)| Error::runtime(error))?;
        for slot in slots {
            let zeros = PerCpuValues::try_from(vec![[0; 5]; cpus]).map_err(Error::runtime)?;
            map.set(slot, zeros, 0).map_err(Error::runtime)?;
        }
        Ok(())
    }

    /// What was counted of packets that no policy applies to, summed over CPUs.
    pub fn totals(&self) -> Result<Totals> {
        let map: PerCpuArray<&MapData, [u64; 3]> = self.map("TOTALS")?;
        let [unmatched, not_ip, malformed] = sum(&map.get(&0, 0).map_err(Error::runtime)?);
        Ok(Totals { unmatched, not_ip, malformed })
    }

    /// How many packets no program sent, where policies asked who did. Those whose answer was known
    /// are not counted.
    pub fn nobodys(&self) -> Result<u64> {
        let map: PerCpuArray<&MapData, [u64; 1]> = self.map("NOBODYS")?;
        let [count] = sum(&map.get(&0, 0).map_err(Error::runtime)?);
        Ok(count)
    }

    /// What the program logs; needs a tokio runtime.
    pub fn log(&mut self) -> Result<ProgramLog> {
        ProgramLog::open(&mut self.ebpf)
    }

    /// The loaded object.
    pub(super) const fn ebpf(&mut self) -> &mut Ebpf {
        &mut self.ebpf
    }

    fn map<const N: usize>(&self, name: &str) -> Result<PerCpuArray<&MapData, [u64; N]>> {
        let map = self.ebpf.map(name).ok_or_else(|| missing("map", name))?;
        map.try_into().map_err(Error::runtime)
    }
}

fn sum<const N: usize>(values: &[[u64; N]]) -> [u64; N] {
    let add =
        |sums: [u64; N], one: &[u64; N]| core::array::from_fn(|index| sums[index] + one[index]);
    values.iter().fold([0; N], add)
}

fn missing(what: &str, name: &str) -> Error {
    Error::runtime(anyhow::anyhow!("the eBPF object has no {what} {name}"))
}
