//! `cargo xtask fuzz`: looks for texts with which the policy readers panic, hang, or take memory
//! without bound, and for requests and messages of name servers that are read otherwise than by others.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;

use crate::{
    command::{in_workspace, line, run},
    setup::cargo_fuzz,
    workspace,
};

/// No text is longer, none takes longer to read, and none takes more memory.
const LIMITS: [&str; 4] =
    ["-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", "-malloc_limit_mb=256"];

/// What to fuzz.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this target
    target: Option<Target>,
    /// How long each target runs
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 60)]
    seconds: u32,
}

/// A fuzz target of `tests/fuzz/targets/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Target {
    /// Policy files
    PolicyFile,
    /// `--policy` arguments
    PolicyArgument,
    /// What clients send to servers
    Request,
    /// What name servers answer
    Dns,
}

impl Options {
    /// Runs the command; an input that was found is an error.
    pub(crate) fn run(self) -> Result<()> {
        let program = cargo_fuzz::make_ready()?;
        // So that the crates that the readers use are fuzzed in the versions that the program has.
        let (ours, copy) = ("Cargo.lock", "tests/fuzz/Cargo.lock");
        fs::copy(workspace::root().join(ours), workspace::root().join(copy))
            .with_context(|| format!("cannot copy {ours} to {copy}"))?;
        let targets =
            self.target.map_or_else(|| Target::value_variants().to_vec(), |one| vec![one]);
        let mut found = Vec::new();
        for target in targets {
            found.extend(target.fuzz(&program, self.seconds)?);
        }
        ensure!(
            found.is_empty(),
            "found {} inputs\nto do: mend what they show, and copy each to tests/fuzz/corpus/TARGET/, \
             where the tests read it again",
            found.len()
        );
        Ok(())
    }
}

impl Target {
    /// Runs the target for so many `seconds`, and returns the inputs on which it failed.
    fn fuzz(self, program: &Path, seconds: u32) -> Result<Vec<PathBuf>> {
        let folder = format!("target/fuzz/{self}");
        let (new, failed) = (format!("{folder}/corpus"), format!("{folder}/failed"));
        for folder in [&new, &failed] {
            fs::create_dir_all(workspace::root().join(folder))
                .with_context(|| format!("cannot create {folder}"))?;
        }
        run(&mut self.command(program, "build"))?;
        let start = SystemTime::now();
        let mut fuzz = self.command(program, "run");
        fuzz.args([new, format!("tests/fuzz/corpus/{self}")])
            .arg("--")
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-dict=tests/fuzz/dictionaries/{self}.dict"))
            .arg(format!("-artifact_prefix={failed}/"));
        let Err(error) = run(&mut fuzz) else {
            return Ok(Vec::new());
        };
        let inputs = written_since(start, &workspace::root().join(&failed))?;
        if inputs.is_empty() {
            return Err(error);
        }
        for input in &inputs {
            let input = workspace::relative(input);
            let mut again = self.command(program, "run");
            let again = line(again.arg(input));
            eprintln!("\nfound: {}\nto see it again: {again}", input.display());
        }
        Ok(inputs)
    }

    fn command(self, program: &Path, task: &str) -> Command {
        let program = workspace::relative(program).to_string_lossy();
        let mut command = in_workspace(&program, ["fuzz", task, "--fuzz-dir", "tests/fuzz"]);
        command
            .args(["--target-dir", "target/fuzz/build", &self.to_string()])
            .env("RUSTUP_TOOLCHAIN", "nightly");
        command
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// The files in `folder` that are not older than `start`.
fn written_since(start: SystemTime, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.modified()? >= start {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_what_it_is_run_with() {
        let fuzz = workspace::root().join("tests/fuzz");
        for target in Target::value_variants() {
            assert!(fuzz.join(format!("targets/{target}.rs")).is_file(), "{target}");
            assert!(fuzz.join(format!("dictionaries/{target}.dict")).is_file(), "{target}");
            assert!(fuzz.join(format!("corpus/{target}")).is_dir(), "{target}");
        }
    }

    #[test]
    fn old_files_are_no_findings() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        let now = SystemTime::now();
        for (file, age) in [(&old, 60), (&new, 0)] {
            let written = now - std::time::Duration::from_secs(age);
            fs::File::create(file).and_then(|it| it.set_modified(written)).expect("written");
        }
        assert_eq!(written_since(now, folder.path()).expect("a list"), [new]);
    }
}
