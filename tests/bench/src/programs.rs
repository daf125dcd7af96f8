//! The programs that ours is measured against, loaded, and the way to run any program over a trace
//! of packets (`BPF_PROG_TEST_RUN`).

use std::time::Instant;

use anyhow::{Context as _, Result};
use aya::{
    Ebpf, include_bytes_aligned,
    maps::{Array, MapData, ProgramArray},
    programs::{ProgramFd, SchedClassifier, TestRun as _, TestRunOptions},
};

use crate::trace::HEAD;

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

    /// Has [`Programs::run`] show these frames to programs, again and again; they are a power of
    /// two.
    pub(crate) fn set_trace(&mut self, frames: &[Vec<u8>]) -> Result<()> {
        let mut packets: Array<&mut MapData, [u8; HEAD]> = self.map("PACKETS")?;
        for (index, frame) in (0..).zip(frames) {
            let head: &[u8; HEAD] = frame.first_chunk().context("the frame is too short")?;
            packets.set(index, head, 0)?;
        }
        let mask = u32::try_from(frames.len() - 1)?;
        let mut masks: Array<&mut MapData, u32> = self.map("MASK")?;
        Ok(masks.set(0, mask, 0)?)
    }

    /// Has [`Programs::run`] run this program.
    pub(crate) fn set_subject(&mut self, program: &ProgramFd) -> Result<()> {
        let mut subject: ProgramArray<&mut MapData> = self.map("SUBJECT")?;
        Ok(subject.set(0, program, 0)?)
    }

    /// Nanoseconds that the program takes for a packet of the trace, with what it takes to put the
    /// packet there. `frame` is as long as those of the trace.
    pub(crate) fn run(&mut self, frame: &[u8], repeat: u32) -> Result<f64> {
        let options = TestRunOptions { data_in: Some(frame), repeat, ..TestRunOptions::default() };
        let start = Instant::now();
        self.program("trace")?.test_run(options)?;
        Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(repeat))
    }

    fn map<'a, M>(&'a mut self, name: &str) -> Result<M>
    where
        M: TryFrom<&'a mut aya::maps::Map, Error = aya::maps::MapError>,
    {
        let map = self.0.map_mut(name).with_context(|| format!("no map {name}"))?;
        Ok(map.try_into()?)
    }
}
