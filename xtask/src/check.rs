//! `cargo xtask check`: what can be checked in minutes, without root and without the eBPF object.

use anyhow::Result;

use crate::{
    setup::{self, Scope},
    test::{Stage, run_stages},
};

/// Runs the command.
pub(crate) fn run_task() -> Result<()> {
    setup::run(Scope::Check)?;
    run_stages(&[Stage::Fmt, Stage::Clippy, Stage::Doc, Stage::Host], &[])
}
