//! `cargo xtask setup`: makes ready what is missing, and is quick when nothing is.

mod bpf_linker;
pub(crate) mod cargo_fuzz;
mod crates;
mod llvm;
pub(crate) mod miri;
mod packages;
mod toolchain;

use anyhow::{Result, anyhow};

use crate::{test::Stage, vm};
use toolchain::Toolchain;

/// What to get ready for.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only what the build needs, without the programs that the tests call, and without guests
    #[arg(long)]
    build: bool,
}

/// How much of the set-up a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// The pinned toolchain with what lints and documentation need.
    Check,
    /// That, and what compiles the eBPF object.
    Build,
    /// That, and the programs that the tests call.
    Test,
    /// That, and kernels, QEMU and the target of guests.
    Guest,
    /// What the build needs, and the programs that the bench calls.
    Bench,
}

impl Options {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        run(if self.build { Scope::Build } else { Stage::Vm.scope() })
    }
}

/// Makes ready what `scope` needs; afterwards no network is needed.
pub(crate) fn run(scope: Scope) -> Result<()> {
    let toolchain = Toolchain::make_ready()?;
    crates::fetch(&toolchain)?;
    if scope == Scope::Check {
        return Ok(());
    }
    bpf_linker::make_ready(&toolchain)?;
    match scope {
        Scope::Check | Scope::Build => {}
        Scope::Test | Scope::Guest => {
            miri::make_ready();
            packages::make_ready(&packages::TESTS)?;
            if scope == Scope::Guest {
                toolchain.add_target(vm::TARGET)?;
                vm::make_ready()?;
            }
        }
        Scope::Bench => packages::make_ready(&packages::BENCH)?,
    }
    Ok(())
}

/// Ends an error with what its reader can do.
fn advise<T>(result: Result<T>, advice: impl FnOnce() -> String) -> Result<T> {
    result.map_err(|error| anyhow!("{error:#}\nto do: {}", advice()))
}

/// Says what is ready or being made ready.
fn say(text: impl std::fmt::Display) {
    eprintln!("setup: {text}");
}
