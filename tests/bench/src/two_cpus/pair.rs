//! Two CPUs, each with packets of its own.

use std::{
    hint::spin_loop,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    thread,
};

use anyhow::{Result, anyhow};
use aya::programs::ProgramFd;

use crate::{
    cpus,
    lane::{Lane, REPEAT},
    rounds::Spread,
};

/// How many packets the other CPU sees before it looks whether it is still needed.
const STEP: u32 = 1_024;

/// How often to measure again because the other CPU had something else to do.
const ATTEMPTS: usize = 1_000;

/// How often a program is measured in a round; the one in the middle counts.
const PASSES: usize = 9;

/// Nanoseconds a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// While the other CPU has nothing to do.
    pub(super) one: f64,
    /// While it does the same.
    pub(super) both: f64,
}

impl Times {
    pub(super) fn slowdown(self) -> f64 {
        self.both / self.one
    }
}

/// The packets of this thread and of the other CPU.
pub(super) struct Pair {
    own: Lane,
    others: Lane,
    other: usize,
}

impl Pair {
    pub(super) fn new(frames: &[Vec<u8>], other: usize) -> Result<Self> {
        Ok(Self { own: Lane::new(frames)?, others: Lane::new(frames)?, other })
    }

    pub(super) fn measure(&mut self, subject: &ProgramFd) -> Result<Times> {
        self.others.prepare(subject)?;
        let mut passes = Vec::new();
        for _ in 0..PASSES {
            let one = self.own.cost(subject)?;
            let both = self.with_the_other()?;
            passes.push(Times { one, both });
        }
        let middle = |of: fn(&Times) -> f64| Spread::of(passes.iter().map(of)).median;
        Ok(Times { one: middle(|times| times.one), both: middle(|times| times.both) })
    }

    /// What a packet takes here while the other CPU is busy with its own.
    fn with_the_other(&mut self) -> Result<f64> {
        for _ in 0..ATTEMPTS {
            if let Some(measured) = self.try_with_the_other()? {
                return Ok(measured);
            }
        }
        Err(anyhow!("the CPU {} is busy with other things", self.other))
    }

    /// Nothing, if the other CPU saw fewer packets in that time: then something else ran there.
    fn try_with_the_other(&mut self) -> Result<Option<f64>> {
        let Self { own, others, other } = self;
        let (seen, stop) = (AtomicU32::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            let busy = scope.spawn(|| -> Result<()> {
                cpus::stay_on(*other)?;
                while !stop.load(Relaxed) {
                    others.run(STEP)?;
                    seen.fetch_add(STEP, Relaxed);
                }
                Ok(())
            });
            while seen.load(Relaxed) == 0 && !busy.is_finished() {
                spin_loop();
            }
            let before = seen.load(Relaxed);
            let measured = own.time();
            // A few less, for between its steps it does other things.
            let kept_up = seen.load(Relaxed) - before >= REPEAT / 4 * 3;
            stop.store(true, Relaxed);
            busy.join().map_err(|_| anyhow!("the other thread panicked"))??;
            Ok(kept_up.then_some(measured?))
        })
    }
}
