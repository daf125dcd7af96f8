//! `cargo xtask bench`: how long things take, each beside a floor that is measured in the same run.

use anyhow::Result;

use crate::{
    command::{cargo, run},
    setup::{self, Scope},
};

/// How to print what was measured.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print a JSON document instead of a table
    #[arg(long)]
    json: bool,
}

impl Options {
    /// Runs the command; a limit that is not kept is an error.
    pub(crate) fn run(self) -> Result<()> {
        setup::run(Scope::Bench)?;
        let mut bench = cargo(["bench", "--locked", "-p", "qos-tests", "--bench", "policies"]);
        if self.json {
            bench.args(["--", "--json"]);
        }
        run(&mut bench)
    }
}
