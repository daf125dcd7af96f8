//! The command line. The doc comments of the commands and options are the manual.

mod check;
mod demo;
mod dscp;
mod explain;
mod global;
mod names;
mod plan;
pub mod policy_args;
mod run;
mod schema;
mod show;
mod stats;
mod status;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Result;
use crate::kernel::object;
use crate::output::Output;

const VERSION: &str = if object::AVAILABLE {
    env!("CARGO_PKG_VERSION")
} else {
    concat!(env!("CARGO_PKG_VERSION"), " (no eBPF object)")
};

/// Policy-based QoS for Linux
///
/// Marks what leaves this machine with the DSCP that a policy gives to its sender, addresses, ports
/// and protocol.
///
/// Exit status: 0 done; 1 it failed at run time; 2 the command line or a policy is wrong; 3 this
/// kernel or these privileges can't do it.
#[derive(Debug, Parser)]
#[command(name = "qos-loader", version = VERSION)]
pub struct Cli {
    #[command(flatten)]
    global: global::Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Status(status::Args),
    Stats(stats::Args),
    Watch(watch::Args),
    Names(names::Args),
    Plan(plan::Args),
    Check(check::Args),
    Show(show::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Dscp(dscp::Args),
    Demo(demo::Args),
    #[command(hide = true)]
    DemoSender(crate::demo::sender::Args),
}

impl Cli {
    /// Does what the command line says, and tells the user how it ended.
    pub fn run(self) -> ExitCode {
        let output = Output::new(self.global.json);
        let logging = self.global.start_logging();
        logging.and_then(|()| self.command.run(output)).unwrap_or_else(|error| error.report(output))
    }
}

impl Command {
    fn run(self, output: Output) -> Result<ExitCode> {
        match self {
            Self::Run(args) => run::run(&args, output),
            Self::Status(status::Args {}) => status::run(output),
            Self::Stats(args) => stats::run(&args, output),
            Self::Watch(watch::Args {}) => watch::run(output),
            Self::Names(names::Args {}) => names::run(output),
            Self::Plan(args) => plan::run(&args, output),
            Self::Check(args) => check::run(&args, output),
            Self::Show(args) => show::run(&args, output),
            Self::Explain(args) => explain::run(&args, output),
            Self::Dscp(args) => dscp::run(&args, output),
            Self::Demo(args) => demo::run(&args, output),
            Self::Schema(schema::Args) => schema::run(output),
            Self::DemoSender(args) => demo::send(&args),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }
}
