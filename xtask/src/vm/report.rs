//! What became of each guest: a table, and beneath it what is not as it should be.

use std::{fmt, time::Duration};

use qos_vm_init::Outcome;

use super::{
    console::{Console, End},
    guest::Guest,
};

/// A kernel's name, its guest, and how long that took.
pub(super) type Row = (String, Guest, Duration);

/// All guests.
pub(super) struct Report(pub(super) Vec<Row>);

impl Report {
    /// The kernels with whose guests something is wrong.
    pub(super) fn failures(&self) -> Vec<&str> {
        let failed = self.0.iter().filter(|(_, guest, _)| !guest.is_good());
        failed.map(|(name, ..)| name.as_str()).collect()
    }
}

impl Guest {
    /// Whether all tests have run, and none failed.
    pub(super) fn is_good(&self) -> bool {
        let is_good = |outcome: &Outcome| matches!(outcome, Outcome::Passed | Outcome::Skipped(_));
        self.end == End::Done && self.console.ended.iter().all(|one| is_good(&one.outcome))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<7} {:<30} {:>6} {:>6} {:>4} {:>7} {:>7} {:>7}",
            "kernel", "release", "passed", "failed", "hung", "skipped", "not run", "seconds"
        )?;
        for (name, guest, duration) in &self.0 {
            let console = &guest.console;
            let [passed, failed, hung, skipped] = counts(console);
            let release = console.release.as_deref().unwrap_or("-");
            let (not_run, seconds) = (console.not_run(), duration.as_secs_f64());
            writeln!(
                f,
                "{name:<7} {release:<30} {passed:>6} {failed:>6} {hung:>4} {skipped:>7} {not_run:>7} {seconds:>7.1}"
            )?;
        }
        for (name, guest, _) in &self.0 {
            for one in &guest.console.ended {
                match &one.outcome {
                    Outcome::Passed => {}
                    Outcome::Skipped(reason) => {
                        writeln!(f, "{name} skipped: {}: {reason}", one.test)?;
                    }
                    Outcome::Failed(status) => {
                        writeln!(f, "{name} FAILED: {}: {status}", one.test)?;
                    }
                    Outcome::Hung => {
                        let seconds = one.duration.as_secs();
                        writeln!(f, "{name} HUNG: {}: killed after {seconds} s", one.test)?;
                    }
                }
            }
            if guest.end != End::Done {
                writeln!(f, "{name} GUEST: {}", guest.end)?;
            }
        }
        Ok(())
    }
}

/// How many passed, failed, hung and were skipped.
fn counts(console: &Console) -> [usize; 4] {
    let mut counts = [0; 4];
    for one in &console.ended {
        let [passed, failed, hung, skipped] = &mut counts;
        *match one.outcome {
            Outcome::Passed => passed,
            Outcome::Failed(_) => failed,
            Outcome::Hung => hung,
            Outcome::Skipped(_) => skipped,
        } += 1;
    }
    counts
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, during) = match self {
            Self::Done => return f.write_str("all tests have run"),
            Self::Exit(code) => return write!(f, "the command ended with exit code {code}"),
            Self::NeverBooted => return f.write_str("it never booted"),
            Self::Broken(reason) => return write!(f, "it is not fit for tests: {reason}"),
            Self::Panic { message, during } => (format!("the kernel panicked: {message}"), during),
            Self::Silent { during } => ("it said nothing any more".to_owned(), during),
            Self::NoVerdict { during } => ("it ended without a verdict".to_owned(), during),
        };
        match during {
            Some(test) => write!(f, "{text}, in {test}"),
            None => f.write_str(&text),
        }
    }
}
