//! What qos-loader costs: `cargo xtask bench`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints what it measured")]

mod control;
mod cpus;
mod document;
mod end_to_end;
mod enforced;
mod lane;
mod machine;
mod nft;
mod part;
mod plot;
mod programs;
mod report;
mod requests;
mod results;
mod rounds;
mod senders;
mod sets;
mod test_run;
mod throttle;
mod throughput;
mod tools;
mod trace;
mod two_cpus;

use std::{panic::resume_unwind, process::ExitCode, thread};

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum as _};

use machine::Machine;
use part::Part;
use report::Section;
use results::Results;

/// Measures what qos-loader costs, beside a floor and its peers; needs root.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
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

impl Part {
    fn measure(self) -> Result<Section> {
        match self {
            Self::TestRun => test_run::section(),
            Self::Senders => senders::section(),
            Self::TwoCpus => two_cpus::section(),
            Self::EndToEnd => Ok(end_to_end::section(&end_to_end::measure()?)),
            Self::Throughput => throughput::section(),
            Self::Requests => requests::section(),
            Self::Throttle => throttle::section(),
            Self::ControlPlane => control::section(),
        }
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    tools::check()?;
    let machine = Machine::this()?;
    let mut sections = Vec::new();
    for part in Part::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(part) {
            continue;
        }
        eprintln!("measuring: {part}");
        let section = measured(*part).with_context(|| format!("measuring {part}"))?;
        if !arguments.json {
            println!("{}", section.text());
        }
        sections.push(section);
    }
    let results = Results { machine, sections };
    if arguments.json {
        println!("{:#}", results.json());
    } else {
        println!("## Targets\n\n{}", results.targets().text());
    }
    if arguments.write && !arguments.only.is_empty() {
        document::replace(&results)?;
    } else if arguments.write {
        document::write(&results)?;
    }
    let fails = arguments.strict && !results.are_met();
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What `part` measures, on a thread of its own, for it may stay on one CPU or go elsewhere.
fn measured(part: Part) -> Result<Section> {
    thread::spawn(move || part.measure()).join().unwrap_or_else(|panic| resume_unwind(panic))
}
