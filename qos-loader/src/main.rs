//! The program of the [`qos_loader`] library.

use std::process::ExitCode;

use clap::Parser as _;
use qos_loader::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
