//! `cargo xtask test`: every stage in turn; a failing one does not hide the next.

mod beside;
mod report;
mod stage;

use std::time::Instant;

use anyhow::{Result, ensure};
use clap::ValueEnum as _;

use crate::setup::{self, Scope};
use beside::Beside;
use report::Report;
pub(crate) use stage::Stage;
use stage::{Outcome, miri_command};

/// Which stages to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only this stage (and the build, if it needs that); may be given more than once
    #[arg(long, value_name = "STAGE")]
    only: Vec<Stage>,
    /// Run the tests that need a kernel in guests with this one (xtask/kernels.toml), or with all of
    /// them, and no other stage; may be given more than once
    #[arg(long, value_name = "KERNEL|all")]
    vm: Vec<String>,
}

impl Options {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        let mut only = self.only;
        let mut kernels = self.vm;
        if kernels.is_empty() {
            kernels.push("all".to_owned());
        } else {
            only.push(Stage::Vm);
        }
        let stages = select(&only);
        setup::run(scope(&stages))?;
        run_stages(&stages, &kernels)
    }
}

/// What was asked for with the build that it needs, in the stages' order; or everything.
fn select(only: &[Stage]) -> Vec<Stage> {
    let needs_build = only.iter().any(|stage| stage.needs_binary());
    let is_wanted = |stage: &Stage| {
        only.is_empty() || only.contains(stage) || (needs_build && *stage == Stage::Build)
    };
    let stages = Stage::value_variants().iter().copied();
    stages.filter(is_wanted).collect()
}

fn scope(stages: &[Stage]) -> Scope {
    let scopes = stages.iter().map(|stage| stage.scope());
    scopes.max().unwrap_or(Scope::Check)
}

/// Runs the stages, then shows how each ended; [`Stage::Vm`] in these `kernels`.
pub(crate) fn run_stages(stages: &[Stage], kernels: &[String]) -> Result<()> {
    let mut report = Report::default();
    let mut miri = None;
    for &stage in stages {
        eprintln!("\n==> {}", report::name(stage));
        if stage.waits() && miri.is_none() && has_miri(stages) {
            miri = Some(Beside::of(miri_command())?);
        }
        let mut start = Instant::now();
        let outcome = if stage.needs_binary() && report.failed(Stage::Build) {
            Outcome::Failed("not run: the build failed".to_owned())
        } else if stage == Stage::Miri
            && let Some(miri) = miri.take()
        {
            start = miri.start();
            Outcome::of(miri.finish())
        } else {
            stage.run(kernels)
        };
        let duration = start.elapsed();
        if let Some(reason) = outcome.reason() {
            eprintln!("{reason}");
        }
        let (name, result) = (report::name(stage), outcome.word());
        eprintln!("==> {name} {result} after {:.1} s", duration.as_secs_f64());
        report.add(stage, outcome, duration);
    }
    eprintln!("\n{report}");
    let failures = report.failures().map(report::name).collect::<Vec<_>>();
    ensure!(failures.is_empty(), "failed: {}", failures.join(", "));
    Ok(())
}

fn has_miri(stages: &[Stage]) -> bool {
    stages.contains(&Stage::Miri) && Stage::Miri.find().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Stage::{Build, Doc, Fmt, Host, Network, Vm};

    #[test]
    fn nothing_asked_for_is_everything() {
        assert_eq!(select(&[]), Stage::value_variants());
        assert_eq!(select(&[Vm]), [Vm]);
    }

    #[test]
    fn stages_keep_their_order_and_bring_the_build() {
        assert_eq!(select(&[Doc, Fmt]), [Fmt, Doc]);
        assert_eq!(select(&[Network, Host]), [Host, Build, Network]);
    }

    #[test]
    fn the_most_demanding_stage_decides_what_is_set_up() {
        assert_eq!(scope(&[Fmt, Doc]), Scope::Check);
        assert_eq!(scope(&[Fmt, Build, Doc]), Scope::Build);
        assert_eq!(scope(&select(&[])), Vm.scope());
    }
}
