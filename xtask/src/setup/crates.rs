//! The crates that the build compiles, so that it needs no network.

use std::process::Command;

use anyhow::Result;

use super::{Toolchain, advise, say};
use crate::command::{cargo, output, run};

/// Fetches the workspace's crates, and the standard library's: `-Z build-std` resolves those too.
pub(super) fn fetch(toolchain: &Toolchain) -> Result<()> {
    let library = toolchain.sysroot.join("lib/rustlib/src/rust/library/Cargo.toml");
    let fetch = |offline: bool| {
        let mut workspace = fetch_command(toolchain, offline);
        workspace.arg("--manifest-path=Cargo.toml");
        let mut standard_library = fetch_command(toolchain, offline);
        standard_library
            .arg("--manifest-path")
            .arg(&library)
            // The manifest uses unstable features.
            .env("RUSTC_BOOTSTRAP", "1");
        [workspace, standard_library]
    };
    if !fetch(true).iter_mut().all(|it| output(it).is_ok()) {
        say("crates are missing: fetching them");
        for mut command in fetch(false) {
            advise(run(&mut command), || {
                "let cargo reach its registry, and run `cargo xtask setup` again".to_owned()
            })?;
        }
    }
    say("crates: ready");
    Ok(())
}

fn fetch_command(toolchain: &Toolchain, offline: bool) -> Command {
    let mut command = cargo(["fetch", "--locked", "--target", &toolchain.host]);
    if offline {
        command.arg("--offline");
    }
    command
}
