//! A trace of packets, and the programs that run over it (`BPF_PROG_TEST_RUN`).

use std::time::Instant;

use anyhow::{Context as _, Result};
use aya::{
    maps::{Array, MapData, ProgramArray},
    programs::{ProgramFd, TestRun as _, TestRunOptions},
};

use crate::{
    programs::Programs,
    trace::{HEAD, LENGTH},
};

/// How many packets a program sees to be measured once. Few, so that what is compared is measured
/// close together in time.
pub(crate) const REPEAT: u32 = 20_480;

/// Packets, with maps of their own, so that nothing must be changed between measurements but the
/// program that is measured.
pub(crate) struct Lane {
    programs: Programs,
    frame: Vec<u8>,
}

impl Lane {
    /// Of frames of the same length, a power of two many, again and again.
    pub(crate) fn new(frames: &[Vec<u8>]) -> Result<Self> {
        let mut programs = Programs::load()?;
        let mut packets: Array<&mut MapData, [u8; HEAD]> = programs.map("PACKETS")?;
        for (index, frame) in (0..).zip(frames) {
            let head: &[u8; HEAD] = frame.first_chunk().context("the frame is too short")?;
            packets.set(index, head, 0)?;
        }
        let mut mask: Array<&mut MapData, u32> = programs.map("MASK")?;
        mask.set(0, u32::try_from(frames.len() - 1)?, 0)?;
        let frame = frames.first().context("no frame")?.clone();
        Ok(Self { programs, frame })
    }

    /// Nanoseconds that the program takes for a packet, with what it takes to put it in place.
    pub(crate) fn cost(&mut self, subject: &ProgramFd) -> Result<f64> {
        self.prepare(subject)?;
        self.time()
    }

    /// Chooses what runs, and has caches and branch predictors learn it.
    pub(crate) fn prepare(&mut self, subject: &ProgramFd) -> Result<()> {
        let mut slot: ProgramArray<&mut MapData> = self.programs.map("SUBJECT")?;
        slot.set(0, subject, 0)?;
        self.run(u32::try_from(LENGTH)?)
    }

    /// Nanoseconds that what was chosen takes for a packet.
    pub(crate) fn time(&mut self) -> Result<f64> {
        let start = Instant::now();
        self.run(REPEAT)?;
        Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(REPEAT))
    }

    /// Shows so many packets to what was chosen.
    pub(crate) fn run(&mut self, repeat: u32) -> Result<()> {
        let data_in = Some(&*self.frame);
        let options = TestRunOptions { data_in, repeat, ..TestRunOptions::default() };
        self.programs.program("trace")?.test_run(options)?;
        Ok(())
    }
}
