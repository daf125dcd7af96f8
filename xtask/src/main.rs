//! The project's own commands: `cargo xtask setup`, `build`, `demo`, `check`, `test`, `vm`, `fuzz` and `bench`.
#![expect(clippy::print_stderr, reason = "xtask tells on stderr what it does, as cargo does")]

mod bench;
mod build;
mod check;
mod command;
mod demo;
#[cfg(test)]
mod documents;
mod fuzz;
mod setup;
mod test;
mod vm;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Sets up, builds, shows, tests and measures qos-loader; each command installs what it lacks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make ready what the build and the tests need; safe to repeat
    Setup(setup::Options),
    /// Build target/release/qos-loader with the eBPF object inside
    Build,
    /// Build, then show what the program does (needs root)
    Demo(demo::Options),
    /// Run the stages that need neither root nor the eBPF object
    Check,
    /// Run every stage: format, lints, documentation, tests (needs root)
    Test(test::Options),
    /// Run one program in a guest with another kernel
    Vm(vm::Options),
    /// Look for texts that the policy readers can't cope with (needs a nightly toolchain)
    Fuzz(fuzz::Options),
    /// Build, then measure what qos-loader costs, beside a floor and its peers (needs root)
    Bench(bench::Options),
}

fn main() -> ExitCode {
    run(Arguments::parse().task).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Setup(options) => options.run(),
        Task::Build => build::run_task(),
        Task::Demo(options) => options.run(),
        Task::Check => check::run_task(),
        Task::Test(options) => options.run(),
        Task::Vm(options) => return options.run(),
        Task::Fuzz(options) => options.run(),
        Task::Bench(options) => options.run(),
    }?;
    Ok(ExitCode::SUCCESS)
}
