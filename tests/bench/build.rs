//! Builds the programs that ours is measured against.

#[path = "../../qos-loader/build/ebpf.rs"]
mod ebpf;

use std::path::Path;

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../qos-loader/build");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).context("no workspace")?;
    ebpf::build(root, "qos-bench-ebpf", &here.join("ebpf"))
}
