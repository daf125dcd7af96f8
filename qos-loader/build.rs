//! Builds the eBPF object into the loader. Where that is not possible the loader builds without
//! it, and its commands that need the kernel say so.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../qos-common/src");
    println!("cargo:rerun-if-env-changed=PATH");
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no workspace")?;
    match build(root) {
        Ok(()) => println!("cargo:rustc-cfg=qos_ebpf_object"),
        Err(error) => {
            println!("cargo:warning=built without the eBPF object: {error:#}");
            // A linker that comes back may be older than this build: try anew each time.
            println!("cargo:rerun-if-changed=built-without-the-object");
            fs::write(out.join("qos-ebpf"), [])?;
        }
    }
    Ok(())
}

/// Builds qos-ebpf with the toolchain that is running and the linker that `cargo xtask setup` made.
fn build(root: &Path) -> Result<()> {
    let own = root.join("target/bpf-linker/bin");
    println!("cargo:rerun-if-changed={}", own.join("bpf-linker").display());
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
    let source = root.join("qos-ebpf");
    let package = aya_build::Package {
        name: "qos-ebpf",
        root_dir: source.to_str().context("the path is not UTF-8")?,
        ..Default::default()
    };
    aya_build::build_ebpf([package], aya_build::Toolchain::Custom(&toolchain))
        .context("qos-ebpf does not build (`cargo xtask setup` installs what it needs)")
}
