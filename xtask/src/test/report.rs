//! How each stage ended and how long it took.

use std::{fmt, time::Duration};

use clap::ValueEnum as _;

use super::stage::{Outcome, Stage};

/// The stages that ran, in order.
#[derive(Default)]
pub(super) struct Report(Vec<(Stage, Outcome, Duration)>);

impl Report {
    pub(super) fn add(&mut self, stage: Stage, outcome: Outcome, duration: Duration) {
        self.0.push((stage, outcome, duration));
    }

    pub(super) fn failed(&self, wanted: Stage) -> bool {
        self.failures().any(|stage| stage == wanted)
    }

    pub(super) fn failures(&self) -> impl Iterator<Item = Stage> {
        self.0
            .iter()
            .filter(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)))
            .map(|(stage, ..)| *stage)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "stage     result   seconds")?;
        for (stage, outcome, duration) in &self.0 {
            let (result, seconds) = (outcome.word(), duration.as_secs_f64());
            // The rest, what to do about it, was said when the stage ended.
            let why = outcome.reason().and_then(|reason| reason.lines().next());
            let why = why.unwrap_or_default();
            let row = format!("{:<9} {result:<8} {seconds:>7.1}  {why}", name(*stage));
            writeln!(f, "{}", row.trim_end())?;
        }
        Ok(())
    }
}

/// The stage as one types it.
pub(super) fn name(stage: Stage) -> String {
    let value = stage.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        let seconds = Duration::from_secs_f64;
        report.add(Stage::Fmt, Outcome::Passed, seconds(0.44));
        report.add(Stage::Miri, Outcome::Skipped("no Miri".to_owned()), seconds(0.0));
        report.add(Stage::Program, Outcome::Failed("needs root\nto do".to_owned()), seconds(75.25));
        report
    }

    #[test]
    fn every_stage_has_a_row() {
        assert_eq!(
            report().to_string(),
            "stage     result   seconds\n\
             fmt       passed       0.4\n\
             miri      skipped      0.0  no Miri\n\
             program   FAILED      75.2  needs root\n"
        );
    }

    #[test]
    fn only_failures_are_failures() {
        assert_eq!(report().failures().collect::<Vec<_>>(), [Stage::Program]);
        assert!(report().failed(Stage::Program));
        assert!(!report().failed(Stage::Miri));
        assert!(!report().failed(Stage::Build));
    }
}
