//! Builds eBPF objects with the toolchain that is running and the linker that `cargo xtask setup`
//! made. The bench's build script uses it too.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

/// Builds the binaries of the package `name` in `source`, with these `features`, into `OUT_DIR`. `root` is
/// the workspace.
pub(crate) fn build(root: &Path, name: &str, features: &[&str], source: &Path) -> Result<()> {
    let own = root.join("target/bpf-linker/bin");
    println!("cargo:rerun-if-changed={}", own.join("bpf-linker").display());
    println!("cargo:rerun-if-env-changed=PATH");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = [own].into_iter().chain(env::split_paths(&path)).collect();
    let found = folders.iter().any(|folder| folder.join("bpf-linker").exists());
    ensure!(found, "there is no bpf-linker (`cargo xtask setup` makes one)");
    let path = env::join_paths(folders)?;
    let toolchain = env::var("RUSTUP_TOOLCHAIN").unwrap_or_else(|_| "stable".to_owned());
    // SAFETY: a build script has one thread here. `-Z build-std` is unstable; the pinned toolchain
    // makes it reproducible.
    unsafe {
        env::set_var("PATH", path);
        env::set_var("RUSTC_BOOTSTRAP", "1");
        // Its progress would come out as this build's warnings.
        env::set_var("CARGO_TERM_QUIET", "true");
    }
    let package = aya_build::Package {
        name,
        root_dir: source.to_str().context("the path is not UTF-8")?,
        features,
        ..Default::default()
    };
    aya_build::build_ebpf([package], aya_build::Toolchain::Custom(&toolchain)).with_context(|| {
        format!("{name} does not build (`cargo xtask setup` installs what it needs)")
    })
}
