//! `qos-loader demo`

use std::process::ExitCode;

use crate::{demo, error::Result, output::Output};

/// Show policies at work on real traffic
///
/// Makes two network namespaces joined by a veth pair, enforces a home user's policies, has
/// programs send over IPv4 and IPv6, captures on the far side, and prints what was sent and what
/// arrived. Removes all that it made. Exit status 1 if a flow did not arrive as it should.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the policies instead
    #[arg(long)]
    policies: bool,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    if args.policies {
        output.text(demo::POLICIES.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = demo::run()?;
    if output.is_json() {
        output.json(&report.json())?;
    } else {
        output.text(report.text())?;
    }
    Ok(if report.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A program of the demo.
pub(super) fn send(args: &demo::sender::Args) -> Result<ExitCode> {
    demo::sender::send(args)?;
    Ok(ExitCode::SUCCESS)
}
