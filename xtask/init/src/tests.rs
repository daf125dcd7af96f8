//! Every test of every binary, one after the other.

use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use nix::sys::wait::WaitStatus;
use qos_vm_init::{Event, Outcome};

use crate::process::{self, Ended};

/// Where the binaries are.
const BINARIES: &str = "/vm/tests";
/// The environment's name for the seconds that a test may take; the kernel's command line sets it.
const LIMIT: &str = "QOS_VM_LIMIT";
/// The environment's name for what the tests' names must hold, if they are not all to run.
const FILTER: &str = "QOS_VM_FILTER";
/// Where a test's output goes.
const OUTPUT: &str = "/run/output";
/// A test that says so has done nothing.
const SKIPPED: &str = "skipped: ";
/// How much of the output of a test that failed is shown.
const SHOWN: usize = 16 << 10;

/// A test and the binary that it is in.
struct Test {
    binary: PathBuf,
    name: String,
}

/// Runs them all.
pub(crate) fn run(release: String) -> Result<Event> {
    let limit = env::var(LIMIT).context(LIMIT)?.parse().context(LIMIT)?;
    let limit = Duration::from_secs(limit);
    let tests = all()?;
    ensure!(!tests.is_empty(), "there are no tests");
    println!("{}", Event::Ready { release, tests: tests.len() });
    for test in tests {
        let label = test.label();
        println!("{}", Event::Start(label.clone()));
        let start = Instant::now();
        let outcome = test.run(limit)?;
        println!("{}", Event::End { test: label, duration: start.elapsed(), outcome });
    }
    Ok(Event::Done)
}

fn all() -> Result<Vec<Test>> {
    let mut binaries = Vec::new();
    for entry in fs::read_dir(BINARIES).context(BINARIES)? {
        binaries.push(entry?.path());
    }
    binaries.sort();
    let mut tests = Vec::new();
    for binary in binaries {
        let mut list = Command::new(&binary);
        list.args(["--list", "--format", "terse"]).args(env::var_os(FILTER));
        let list = list.output().with_context(|| format!("cannot start {}", binary.display()))?;
        ensure!(list.status.success(), "{} lists no tests: {}", binary.display(), list.status);
        let list = String::from_utf8(list.stdout)?;
        let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
        tests.extend(names.map(|name| Test { binary: binary.clone(), name: name.to_owned() }));
    }
    Ok(tests)
}

impl Test {
    fn label(&self) -> String {
        let binary = self.binary.file_name().unwrap_or_default();
        format!("{} {}", binary.display(), self.name)
    }

    fn run(&self, limit: Duration) -> Result<Outcome> {
        let output = File::create(OUTPUT)?;
        let mut command = Command::new(&self.binary);
        command
            .args(["--exact", &self.name, "--include-ignored", "--nocapture", "--test-threads=1"])
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let ended = process::run(&mut command, limit)?;
        let output = String::from_utf8_lossy(&fs::read(Path::new(OUTPUT))?).into_owned();
        let outcome = match ended {
            Ended::With(WaitStatus::Exited(_, 0)) => {
                let reason = reason(&output);
                return Ok(reason.map_or(Outcome::Passed, Outcome::Skipped));
            }
            Ended::With(WaitStatus::Exited(_, code)) => {
                Outcome::Failed(format!("exit code {code}"))
            }
            Ended::With(WaitStatus::Signaled(_, signal, _)) => Outcome::Failed(signal.to_string()),
            Ended::With(status) => Outcome::Failed(format!("{status:?}")),
            Ended::NotInTime => Outcome::Hung,
        };
        println!(
            "{}",
            output
                .get(output.ceil_char_boundary(output.len().saturating_sub(SHOWN))..)
                .unwrap_or_default()
        );
        Ok(outcome)
    }
}

/// Why a test did nothing. What it says first stands behind its name on the same line.
fn reason(output: &str) -> Option<String> {
    output.lines().find_map(|line| {
        let said = line.strip_prefix("test ").and_then(|line| line.split_once(" ... "));
        let said = said.map_or(line, |(_, said)| said);
        said.strip_prefix(SKIPPED).map(str::to_owned)
    })
}
