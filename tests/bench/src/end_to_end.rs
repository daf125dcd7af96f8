//! What a packet costs end to end, from a socket through a veth pair, with ours and with its peers.

mod bed;
mod marks;
mod measured;
mod sender;
mod subject;
mod tables;
mod targets;
mod traffic;

use std::{panic::resume_unwind, thread};

use anyhow::Result;

use crate::{cpus, programs::Programs, rounds::interleaved, sets::SIZES};
use bed::Bed;
pub(crate) use measured::Measured;
use measured::{Case, Sample};
pub(crate) use subject::{Peers, Subject};
pub(crate) use tables::section;
use traffic::Traffic;

/// Each measures everything once; the first is left out.
const ROUNDS: usize = 46;

/// Measures all, on a thread of its own, which stays on one CPU and goes to other namespaces.
pub(crate) fn measure() -> Result<Measured> {
    thread::spawn(measure_all).join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn measure_all() -> Result<Measured> {
    cpus::stay_on_the_last()?;
    let mut programs = Programs::load()?;
    let traffic = SIZES.map(Traffic::new);
    let mut base = Bed::new(&mut programs, None, &traffic[0])?;
    let mut beds = Vec::new();
    for subject in Subject::ALL {
        for own in traffic.iter().take(subject.sets()) {
            let mut bed = Bed::new(&mut programs, Some(subject), own)?;
            marks::check(&mut bed, subject, own)?;
            beds.push((subject, own, bed));
        }
    }
    let of_peers = |peers| {
        let case = move |(bed, (subject, own, _)): (usize, &(Subject, &Traffic, Bed))| Case {
            peers,
            subject: *subject,
            size: own.size,
            bed,
        };
        beds.iter().enumerate().map(case)
    };
    let cases: Vec<Case> = Peers::ALL.into_iter().flat_map(of_peers).collect();
    let mut last = None;
    let samples = interleaved(&cases, ROUNDS, |case| {
        let (_, own, bed) = &mut beds[case.bed];
        let trace = own.trace(case.peers);
        let before = match last {
            Some((peers, measured)) if peers == case.peers => measured,
            _ => base.measure(case.peers, trace)?,
        };
        let with = bed.measure(case.peers, trace)?;
        let after = base.measure(case.peers, trace)?;
        last = Some((case.peers, after));
        Ok(Sample::new(with, before, after))
    })?;
    Ok(Measured { cases, samples })
}
