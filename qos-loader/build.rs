//! Builds the eBPF objects into the loader. Where that is not possible the loader builds without
//! them, and its commands that need the kernel say so.

#[path = "build/ebpf.rs"]
mod ebpf;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The package, and what it is built to.
const OBJECT: &str = "qos-ebpf";

/// The object for loaders without `CAP_PERFMON`.
const WITHOUT_PERFMON: &str = "qos-ebpf-without-perfmon";

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=../qos-common/src");
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no workspace")?;
    match build(root, &out) {
        Ok(()) => println!("cargo:rustc-cfg=qos_ebpf_object"),
        Err(error) => {
            println!("cargo:warning=built without the eBPF object: {error:#}");
            // A linker that comes back may be older than this build: try anew each time.
            println!("cargo:rerun-if-changed=built-without-the-object");
            for object in [OBJECT, WITHOUT_PERFMON] {
                fs::write(out.join(object), [])?;
            }
        }
    }
    Ok(())
}

/// Builds both: cargo calls each by the name of the package.
fn build(root: &Path, out: &Path) -> Result<()> {
    let source = root.join(OBJECT);
    ebpf::build(root, OBJECT, &["without-perfmon"], &source)?;
    fs::rename(out.join(OBJECT), out.join(WITHOUT_PERFMON))?;
    ebpf::build(root, OBJECT, &[], &source)
}
