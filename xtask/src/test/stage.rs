//! The stages of `cargo xtask test`: what each runs and what it needs.

use std::process::Command;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::{
    build,
    command::{cargo, in_workspace, run},
    setup::{Scope, miri},
    vm, workspace,
};

/// One stage; they run in this order, cheap ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Is the source formatted?
    Fmt,
    /// What do the lints say?
    Clippy,
    /// Does the documentation build, with all its links?
    Doc,
    /// Tests that need nothing but the host
    Host,
    /// Tests of the policy language against the oracle
    Language,
    /// The release binary with the eBPF object inside
    Build,
    /// Tests of the commands
    Cli,
    /// Tests of the eBPF program (root)
    Program,
    /// Tests with traffic in network namespaces (root)
    Network,
    /// Tests of what kernel and loader share, under Miri; begins with the first of those before it that
    /// mostly wait
    Miri,
    /// Program and network in guests with other kernels
    Vm,
}

/// How a stage ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

impl Outcome {
    pub(super) fn of(result: Result<()>) -> Self {
        result.map_or_else(|error| Self::Failed(format!("{error:#}")), |()| Self::Passed)
    }

    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "FAILED",
        }
    }

    /// Why it did not pass.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Skipped(reason) | Self::Failed(reason) => Some(reason),
        }
    }
}

impl Stage {
    pub(crate) fn scope(self) -> Scope {
        match self {
            Self::Fmt | Self::Clippy | Self::Doc | Self::Host | Self::Language => Scope::Check,
            Self::Build | Self::Cli => Scope::Build,
            Self::Vm if vm::find().is_ok() => Scope::Guest,
            Self::Vm | Self::Miri | Self::Program | Self::Network => Scope::Test,
        }
    }

    /// Whether it runs what [`Stage::Build`] makes.
    pub(super) fn needs_binary(self) -> bool {
        matches!(self, Self::Cli | Self::Program | Self::Network)
    }

    /// Whether this machine has what only this stage needs, or else why not.
    pub(super) fn find(self) -> Result<(), &'static str> {
        if self == Self::Miri {
            miri::find()
        } else if self == Self::Vm {
            vm::find()
        } else {
            Ok(())
        }
    }

    /// Whether it mostly waits, so that another one can run beside it.
    pub(super) fn waits(self) -> bool {
        matches!(self, Self::Program | Self::Network)
    }

    pub(super) fn run(self, kernels: &[String]) -> Outcome {
        if let Err(reason) = self.find() {
            return Outcome::Skipped(reason.to_owned());
        }
        Outcome::of(self.try_run(kernels))
    }

    fn try_run(self, kernels: &[String]) -> Result<()> {
        match self {
            Self::Fmt => run(&mut cargo(["fmt", "--all", "--check"])),
            Self::Clippy => {
                let mut clippy = cargo(["clippy", "--release", "--locked", "--workspace"]);
                clippy.arg("--all-targets");
                // They only build for the BPF target.
                clippy.args(["--exclude", "qos-ebpf", "--exclude", "qos-bench-ebpf"]);
                run(clippy.args(["--", "-D", "warnings"]))?;
                run(&mut ebpf_clippy(&[]))?;
                run(&mut ebpf_clippy(&["--features", "qos-ebpf/without-perfmon"]))
            }
            Self::Doc => {
                let mut doc = cargo(["doc", "--release", "--locked", "--no-deps"]);
                doc.args(["-p", "qos-common", "-p", "qos-loader", "-p", "xtask"]);
                doc.arg("--document-private-items");
                run(doc.env("RUSTDOCFLAGS", "-D warnings"))
            }
            Self::Host => run(&mut cargo(["test", "--release", "--locked"])),
            Self::Miri => run(&mut miri_command()),
            Self::Language => run(&mut tests("language")),
            Self::Build => build::compile(),
            Self::Cli => run_tests("cli"),
            Self::Program => run_as_root("program"),
            Self::Network => run_as_root("network"),
            Self::Vm => vm::run_suite(kernels),
        }
    }
}

/// The tests under Miri.
pub(super) fn miri_command() -> Command {
    let mut miri = in_workspace("cargo", ["+nightly", "miri", "test", "--locked"]);
    miri.args(["-p", "qos-common", "--target-dir", "target/miri"])
        // Proptest looks for its file of past failures.
        .env("MIRIFLAGS", "-Zmiri-disable-isolation")
        // Miri is some hundred times slower than the machine.
        .env("PROPTEST_CASES", "4");
    miri
}

/// Clippy over eBPF programs for their own target, which has no compiled standard library.
fn ebpf_clippy(features: &[&str]) -> Command {
    let mut clippy = cargo(["clippy", "--locked", "-p", "qos-ebpf", "-p", "qos-bench-ebpf"]);
    clippy
        .args(features)
        .args(["-Z", "build-std=core"])
        .args(["--target", "bpfel-unknown-none", "--release", "--target-dir", "target/ebpf"])
        .args(["--", "-D", "warnings"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "--cfg=bpf_target_arch=\"x86_64\"");
    clippy
}

fn run_as_root(name: &str) -> Result<()> {
    ensure!(
        workspace::is_root(),
        "these tests need root\nto do: sudo -E env \"PATH=$PATH\" cargo xtask test --only {name}"
    );
    run_tests(name)
}

/// One test at a time: they share the kernel (its namespaces, its BPF file system, its processors),
/// and a program file that one writes can't be run while another forks.
fn run_tests(name: &str) -> Result<()> {
    let mut tests = tests(name);
    run(tests.args(["--", "--test-threads=1"]).env("QOS_LOADER", workspace::release_binary()))
}

/// The tests of the binary of this name.
fn tests(name: &str) -> Command {
    cargo(["test", "--locked", "--release", "-p", "qos-tests", "--test", name])
}
