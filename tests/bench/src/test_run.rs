//! What the program costs a packet, without any network around it.

mod subject;

use anyhow::Result;
use aya::programs::ProgramFd;

use crate::{
    programs::Programs,
    rounds::{Spread, interleaved},
    sets::{Kind, SIZES},
    trace::Family,
};
use subject::{Ours, Subject, What};

/// Each measures everything once; the first is left out.
const ROUNDS: usize = 12;

/// How often a program runs to be measured once.
const REPEAT: u32 = 100_000;

/// Nanoseconds a packet.
pub(crate) struct Costs {
    subjects: Vec<Subject>,
    rounds: Vec<Vec<f64>>,
}

impl Costs {
    /// Measures all.
    pub(crate) fn measure() -> Result<Self> {
        let mut programs = Programs::load()?;
        let sets: Vec<Ours> = Kind::ALL
            .into_iter()
            .flat_map(|kind| SIZES.map(|size| Ours::new(kind, size)))
            .collect::<Result<_>>()?;
        let subjects = subject::all(&sets);
        let rounds =
            interleaved(&subjects, ROUNDS, |subject| measure(&mut programs, &sets, subject))?;
        Ok(Self { subjects, rounds })
    }

    pub(crate) fn print(&self) {
        for (subject, rounds) in self.subjects.iter().zip(&self.rounds) {
            let spread = Spread::of(rounds.iter().copied());
            println!("{subject:?} {}", spread.text(1.0));
        }
    }
}

fn measure(programs: &mut Programs, sets: &[Ours], subject: &Subject) -> Result<f64> {
    let frames = subject.frames(sets);
    let program: ProgramFd = match subject.what {
        What::Nothing => programs.descriptor("empty")?,
        What::Floor => programs.descriptor(match subject.family {
            Family::V4 => "floor_v4",
            Family::V6 => "floor_v6",
        })?,
        What::Ours(set) => sets[set].program.try_clone()?,
    };
    programs.set_subject(&program)?;
    programs.set_trace(frames)?;
    programs.run(&frames[0], REPEAT)
}
