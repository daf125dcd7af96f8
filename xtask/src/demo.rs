//! `cargo xtask demo`: builds, then becomes `qos-loader demo`.

use std::{ffi::OsString, os::unix::process::CommandExt as _, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::{build, workspace};

/// What the demo itself is told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Arguments for `qos-loader demo`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Options {
    /// Runs the command; returns only if the demo can't be started.
    pub(crate) fn run(self) -> Result<()> {
        build::run_task()?;
        let binary = workspace::release_binary();
        let mut demo = if workspace::is_root() {
            Command::new(&binary)
        } else {
            ensure!(
                workspace::find_program("sudo").is_some(),
                "the demo loads eBPF programs and needs root, and there is no sudo\n\
                 to do: as root: {} demo",
                binary.display()
            );
            eprintln!("the demo loads eBPF programs and needs root: asking sudo");
            let mut sudo = Command::new("sudo");
            sudo.arg(&binary);
            sudo
        };
        // Becoming the demo hands on its exit code and every signal.
        let error = demo.arg("demo").args(self.arguments).exec();
        Err(error).with_context(|| format!("cannot start {}", demo.get_program().display()))
    }
}
