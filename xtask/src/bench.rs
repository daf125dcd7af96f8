//! `cargo xtask bench`: what qos-loader costs, beside a floor and its peers.

#[path = "../../tests/bench/src/part.rs"]
mod part;

use anyhow::{Result, ensure};

use crate::{
    build,
    command::{cargo, run},
    setup::{self, Scope},
    workspace,
};
use part::Part;

/// What to measure, and what to do with it; the bench itself takes the same.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print a JSON document instead of text
    #[arg(long)]
    json: bool,
    /// Measure only this part; may be given more than once
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Write docs/performance.md and its plots from what was measured; with `--only` the sections of those
    /// parts alone
    #[arg(long)]
    write: bool,
    /// Fail if a target is not met
    #[arg(long)]
    strict: bool,
}

impl Options {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        ensure!(
            workspace::is_root(),
            "the bench loads eBPF programs and needs root\n\
             to do: sudo -E env \"PATH=$PATH\" cargo xtask bench"
        );
        setup::run(Scope::Bench)?;
        build::compile()?;
        let mut bench = cargo(["run", "--release", "--locked", "--package", "qos-bench", "--"]);
        bench.args(self.arguments()).env("QOS_LOADER", workspace::release_binary());
        run(&mut bench)
    }

    fn arguments(&self) -> Vec<String> {
        let flags = [("--json", self.json), ("--write", self.write), ("--strict", self.strict)];
        let flags = flags.iter().filter(|(_, is_given)| *is_given);
        let only = self.only.iter().map(|part| format!("--only={part}"));
        flags.map(|(flag, _)| (*flag).to_owned()).chain(only).collect()
    }
}
