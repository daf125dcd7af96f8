//! Builds the eBPF object into the loader. Where that is not possible the loader builds without
//! it, and its commands that need the kernel say so.

#[path = "build/ebpf.rs"]
mod ebpf;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=../qos-common/src");
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no workspace")?;
    match ebpf::build(root, "qos-ebpf", &root.join("qos-ebpf")) {
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
