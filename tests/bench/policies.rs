//! How long a policy set takes from its text to the image that the kernel reads, beside the `toml`
//! crate, which only reads the text: that is the floor. Exit code 1 if 10,000 policies take longer
//! than they may.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench is for developers, who want to see where it stops"
)]

#[path = "policies/report.rs"]
mod report;
#[path = "policies/way.rs"]
mod way;

mod rounds;

use std::process::ExitCode;

use report::Report;
use way::Subject;

/// How many policies the sets have.
const SIZES: [usize; 4] = [1, 64, 1_000, 10_000];
/// Each measures every set once; the first is left out.
const ROUNDS: usize = 16;

fn main() -> ExitCode {
    let json = std::env::args().any(|argument| argument == "--json");
    let subjects = SIZES.map(Subject::new);
    let measured = rounds::interleaved(&subjects, ROUNDS, Subject::measure);
    let report = Report::new(&subjects, &measured);
    if json {
        println!("{:#}", report.json());
    } else {
        println!("{}", report.text());
    }
    if report.is_fast_enough() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
