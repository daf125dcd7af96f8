//! Builds the programs that ours is measured against. Where that is not possible the bench builds
//! without them, for the lints, and can't be run.

#[path = "../../qos-loader/build/ebpf.rs"]
mod ebpf;

use std::{env, fs, path::Path};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../qos-loader/build");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).context("no workspace")?;
    if let Err(error) = ebpf::build(root, "qos-bench-ebpf", &[], &here.join("ebpf")) {
        println!("cargo:warning=the bench has no programs to compare with: {error:#}");
        // A linker that comes back may be older than this build: try anew each time.
        println!("cargo:rerun-if-changed=built-without-the-object");
        let out = env::var_os("OUT_DIR").context("OUT_DIR is not set")?;
        fs::write(Path::new(&out).join("qos-bench-ebpf"), [])?;
    }
    Ok(())
}
