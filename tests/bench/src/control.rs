//! What it costs to put a policy set in force, and to keep it there.

mod process;
mod table;
mod way;

use anyhow::{Error, Result};
use qos_loader::kernel::{Dataplane, LogLevel};
use qos_tests::netns::Lab;

use crate::{
    report::{Section, Target, Unit},
    rounds::interleaved,
    sets::{Kind, SIZES},
};
use process::Process;
use table::Row;
use way::{Steps, Subject};

/// Each measures everything once; the first is left out.
const ROUNDS: usize = 12;

/// How long the largest set may take from its file until it is in force, in seconds.
const MOST_SECONDS: f64 = 0.5;

/// How many bytes it may use: 16 MiB.
const MOST_BYTES: f64 = 16_777_216.0;

const LEAD: &str = "\
A set's way from the text of a policy file to packets that carry its marks, step by step: `read` \
(parse and check), `rank`, `compile`, and `swap`, which makes a map of the image, puts it in force \
and waits until the kernel says that no packet sees the one before; `all` is their sum. `toml` is \
the floor: the `toml` crate reading the same text. `ready` is a real `qos-loader run` from its start \
to its line `ready: …`: it also loads the program, which the kernel verifies, looks for conflicts, \
and attaches. `reload` is the same process from SIGHUP to the event that says what has changed: the \
set is in force before that is worked out. Used memory is what the loader has for itself (RssAnon: \
resident, without pages of its file; the larger of when it is ready and when it has been reloaded), \
and what the set takes in the kernel: the bytes of its image and the counters of its policies. The \
image lies in a map of 16 MiB, whatever its size, which the kernel allocates whole; `resident` and \
`peak` have the program's file in them, and `peak` the map of the image, which is mapped then.";

/// What was measured of one set in one round.
#[derive(Clone, Copy, Debug)]
struct Measured {
    way: Steps,
    process: Process,
}

impl Measured {
    /// The memory that is in use, wherever it is.
    fn used(&self) -> f64 {
        let loader = self.process.started.own.max(self.process.reloaded.own);
        loader + self.way.image + self.process.maps.counters
    }
}

/// Measures all sets.
pub(crate) fn section() -> Result<Section> {
    let subjects = Kind::ALL.into_iter().flat_map(|kind| SIZES.map(|size| (kind, size)));
    let subjects: Vec<Subject> = subjects.map(|(kind, size)| Subject::new(kind, size)).collect();
    let _lab = Lab::new();
    let mut dataplane = Dataplane::load(LogLevel::Off).map_err(Error::msg)?;
    let rounds = interleaved(&subjects, ROUNDS, |subject| {
        let way = subject.measure(&mut dataplane)?;
        let process = Process::measure(subject.text(), &subject.changed_text())?;
        Ok(Measured { way, process })
    })?;
    let rows: Vec<Row<'_>> = subjects.iter().zip(rounds.iter().map(Vec::as_slice)).collect();
    let largest = SIZES.into_iter().max();
    let largest = rows.iter().filter(|(subject, _)| Some(subject.size) == largest);
    Ok(Section {
        key: "control-plane",
        title: "The control plane",
        lead: LEAD.to_owned(),
        tables: vec![table::time(&rows), table::memory(&rows)],
        targets: largest.flat_map(targets).collect(),
        plot: None,
    })
}

fn targets((subject, rounds): &Row<'_>) -> [Target; 3] {
    let set = format!("{} policies, {}", subject.size, subject.kind.name());
    let seconds = |what: &str, of| {
        let (what, spread) = (format!("{set}: {what}, ms"), table::spread(rounds, of));
        Target::at_most(MOST_SECONDS, what, spread, Unit::Seconds)
    };
    let used = table::spread(rounds, Measured::used);
    [
        seconds("from text to in force", |one| one.way.all()),
        seconds("from start to ready", |one| one.process.ready),
        Target::at_most(MOST_BYTES, format!("{set}: used memory, MiB"), used, Unit::Bytes),
    ]
}
