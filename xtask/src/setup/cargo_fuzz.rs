//! cargo-fuzz, which builds fuzz targets with what only nightly toolchains have.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};

use super::{advise, say, toolchain::nightly_sysroot};
use crate::{
    command::{cargo, run},
    workspace,
};

const VERSION: &str = "0.13.2";

/// Finds cargo-fuzz (ours first, then the PATH's) or builds it, and returns where it is.
pub(crate) fn make_ready() -> Result<PathBuf> {
    ensure!(
        nightly_sysroot().is_some(),
        "fuzzing needs a nightly toolchain, and there is none\n\
         to do: with rustup (https://rustup.rs), run `rustup toolchain install nightly`"
    );
    let folder = workspace::root().join("target/cargo-fuzz");
    let ours = folder.join("bin/cargo-fuzz");
    let existing = ours.exists().then(|| ours.clone());
    let found = existing.or_else(|| workspace::find_program("cargo-fuzz"));
    if let Some(program) = found {
        say(format_args!("cargo-fuzz ({}): ready", workspace::relative(&program).display()));
        return Ok(program);
    }
    say(format_args!("building cargo-fuzz {VERSION} under target/ (a minute or two)"));
    let build_folder = folder.join("build");
    let mut install = cargo(["install", "cargo-fuzz", "--version", VERSION, "--locked"]);
    install.arg("--root").arg(&folder).arg("--target-dir").arg(&build_folder);
    advise(run(&mut install), || {
        "let cargo reach its registry, or put cargo-fuzz on the PATH".to_owned()
    })?;
    fs::remove_dir_all(build_folder)?;
    say(format_args!("cargo-fuzz {VERSION}: ready"));
    Ok(ours)
}
