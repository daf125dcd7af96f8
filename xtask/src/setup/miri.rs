//! Miri, which only comes with nightly toolchains: used where there is one, never required.

use std::path::Path;

use super::{say, toolchain::nightly_sysroot};
use crate::command::{in_workspace, run};

/// Whether tests can run under Miri, or else why not.
pub(crate) fn find() -> Result<(), &'static str> {
    let sysroot = nightly_sysroot().ok_or("there is no nightly toolchain with Miri")?;
    if has_components(&sysroot) {
        Ok(())
    } else {
        Err("the nightly toolchain lacks Miri or its sources")
    }
}

/// Adds Miri to a nightly toolchain that is there, and compiles Miri's standard library.
pub(super) fn make_ready() {
    let Some(sysroot) = nightly_sysroot() else {
        say(
            "no tests under Miri: there is no nightly toolchain (`rustup toolchain install nightly` adds it)",
        );
        return;
    };
    let components = ["component", "add", "--toolchain", "nightly", "miri", "rust-src"];
    let added = if has_components(&sysroot) {
        Ok(())
    } else {
        say("the nightly toolchain lacks Miri or its sources: asking rustup");
        run(&mut in_workspace("rustup", components))
    };
    // Compiles for half a minute the first time, and says so itself.
    match added.and_then(|()| run(&mut in_workspace("cargo", ["+nightly", "miri", "setup"]))) {
        Ok(()) => say("Miri: ready"),
        Err(error) => say(format_args!("no tests under Miri: {error:#}")),
    }
}

fn has_components(sysroot: &Path) -> bool {
    ["bin/cargo-miri", "lib/rustlib/src/rust/library/Cargo.toml"]
        .iter()
        .all(|file| sysroot.join(file).exists())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn miri_needs_its_program_and_the_sources() {
        let sysroot = tempfile::tempdir().expect("a temporary folder");
        for file in ["bin/cargo-miri", "lib/rustlib/src/rust/library/Cargo.toml"] {
            assert!(!has_components(sysroot.path()));
            let file = sysroot.path().join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("created");
            fs::write(file, "").expect("written");
        }
        assert!(has_components(sysroot.path()));
    }
}
