//! bpf-linker, which must understand what the toolchain's LLVM writes.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, bail, ensure};

use super::{Toolchain, llvm, say};
use crate::{
    command::{cargo, output, run},
    workspace,
};

const VERSION: &str = "0.13.0";

/// Uses a bpf-linker that fits (ours first, then the PATH's), or builds one.
pub(super) fn make_ready(toolchain: &Toolchain) -> Result<()> {
    let folder = workspace::root().join("target/bpf-linker");
    let ours = folder.join("bin/bpf-linker");
    let existing = ours.exists().then(|| ours.clone()).into_iter();
    for linker in existing.chain(workspace::find_program("bpf-linker")) {
        let shown = workspace::relative(&linker).display();
        match check(&linker, toolchain) {
            Ok(()) => {
                say(format_args!("bpf-linker with LLVM {} ({shown}): ready", toolchain.llvm_major));
                return Ok(());
            }
            Err(error) => say(format_args!("{shown} does not fit: {error:#}")),
        }
        // The build would prefer ours to one on the PATH.
        if linker == ours {
            fs::remove_file(&linker).with_context(|| format!("cannot remove {shown}"))?;
        }
    }
    build(toolchain, &folder)?;
    check(&ours, toolchain).context("the bpf-linker just built does not work")?;
    say(format_args!("bpf-linker {VERSION} with LLVM {}: ready", toolchain.llvm_major));
    Ok(())
}

/// Whether the linker is new enough and has the toolchain's LLVM: it is run, so that one whose
/// library went away with an old toolchain does not count.
fn check(linker: &Path, toolchain: &Toolchain) -> Result<()> {
    let version = output(Command::new(linker).arg("--version"))?;
    let mut ask_llvm = Command::new(linker);
    ask_llvm.args(["--llvm-args=--version", "--output", "/dev/null", "/dev/null"]);
    judge(&version, &output(&mut ask_llvm)?, toolchain.llvm_major)
}

/// Judges by what the linker and its LLVM print as their versions.
fn judge(linker: &str, llvm: &str, wanted_major: u32) -> Result<()> {
    let version = linker.trim().trim_start_matches("bpf-linker ");
    ensure!(
        parse_version(version) >= parse_version(VERSION),
        "it is version {version}, needed is {VERSION}"
    );
    let major = llvm::parse_major(llvm).context("it does not tell its LLVM")?;
    ensure!(major == wanted_major, "its LLVM is {major}, the toolchain's {wanted_major}");
    Ok(())
}

fn build(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    let major = toolchain.llvm_major;
    say(format_args!(
        "building bpf-linker {VERSION} with the toolchain's own LLVM {major} (a minute or two)"
    ));
    let own = llvm::of_toolchain(toolchain, &folder.join("llvm"));
    let Err(own) = own.and_then(|prefix| install(&prefix, major, folder)) else {
        return Ok(());
    };
    say(format_args!("that failed: {own:#}"));

    say(format_args!("next try: the distribution's LLVM {major}"));
    let distribution = llvm::of_distribution(toolchain);
    let Err(distribution) = distribution.and_then(|prefix| install(&prefix, major, folder)) else {
        return Ok(());
    };
    bail!(
        "bpf-linker is missing and could not be built\n\
         with the toolchain's own LLVM: {own:#}\n\
         with the distribution's LLVM: {distribution:#}\n\
         to do: put bpf-linker {VERSION} or newer, built with LLVM {major}, on the PATH; or install \
         LLVM {major} with its headers (Debian: llvm-{major}-dev), let cargo reach its registry, and \
         run `cargo xtask setup` again"
    )
}

fn install(llvm_prefix: &Path, llvm_major: u32, folder: &Path) -> Result<()> {
    let build_folder = folder.join("build");
    let mut install = cargo(["install", "bpf-linker", "--version", VERSION, "--locked"]);
    install
        .args(["--force", "--no-default-features"])
        .args(["--features", &format!("llvm-{llvm_major}")])
        .arg("--root")
        .arg(folder)
        .arg("--target-dir")
        .arg(&build_folder)
        .env("LLVM_PREFIX", llvm_prefix);
    run(&mut install)?;
    fs::remove_dir_all(build_folder)?;
    Ok(())
}

fn parse_version(text: &str) -> Option<[u32; 3]> {
    let parts = text.split('.').map(|part| part.parse().ok());
    parts.collect::<Option<Vec<_>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_numbers() {
        assert!(parse_version("0.13.0") > parse_version("0.9.15"));
        assert!(parse_version("1.0.0") > parse_version("0.13.0"));
        assert_eq!(parse_version("0.13"), None);
        assert_eq!(parse_version("0.13.0-rc"), None);
    }

    #[test]
    fn a_linker_is_judged_by_what_it_prints() {
        let verdict =
            |linker: &str, llvm: &str| judge(linker, llvm, 22).map_err(|error| error.to_string());
        let says = |text: &str| Err(text.to_owned());
        assert_eq!(verdict("bpf-linker 0.13.0\n", "LLVM version 22.1.2-rust"), Ok(()));
        assert_eq!(verdict("bpf-linker 0.14.1\n", "LLVM version 22.1.0"), Ok(()));
        assert_eq!(
            verdict("bpf-linker 0.9.15\n", "LLVM version 22.1.2"),
            says("it is version 0.9.15, needed is 0.13.0")
        );
        assert_eq!(
            verdict("bpf-linker 0.13.0\n", "LLVM version 21.1.8"),
            says("its LLVM is 21, the toolchain's 22")
        );
        assert_eq!(verdict("bpf-linker 0.13.0\n", ""), says("it does not tell its LLVM"));
    }
}
