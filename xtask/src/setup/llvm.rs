//! Where an LLVM of the toolchain's version is, for bpf-linker to be built against.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

use super::{Toolchain, packages};

/// The toolchain's own shared LLVM as an installation in `folder`: the version fits by
/// construction, and nothing has to be installed.
pub(super) fn of_toolchain(toolchain: &Toolchain, folder: &Path) -> Result<PathBuf> {
    let source = toolchain.sysroot.join("lib");
    let library = find_library(&source, toolchain.llvm_major)?.with_context(|| {
        format!("the toolchain has no shared LLVM {} in {}", toolchain.llvm_major, source.display())
    })?;
    let links = folder.join("lib");
    link(&source, &library, &links)
        .with_context(|| format!("cannot link {} in {}", library.display(), links.display()))?;
    Ok(folder.to_owned())
}

fn link(source: &Path, library: &OsStr, links: &Path) -> io::Result<()> {
    if links.exists() {
        fs::remove_dir_all(links)?;
    }
    fs::create_dir_all(links)?;
    // The linker looks for libLLVM.so, and the loader for the name that it finds inside.
    for name in [library, "libLLVM.so".as_ref()] {
        symlink(source.join(library), links.join(name))?;
    }
    Ok(())
}

/// The distribution's LLVM, which may have to be installed.
pub(super) fn of_distribution(toolchain: &Toolchain) -> Result<PathBuf> {
    let major = toolchain.llvm_major;
    let prefix = PathBuf::from(format!("/usr/lib/llvm-{major}"));
    if !prefix.join("lib/libLLVM.so").exists() {
        packages::install(&[&format!("llvm-{major}-dev")])?;
    }
    ensure!(prefix.join("lib").is_dir(), "there is no {}", prefix.display());
    Ok(prefix)
}

/// The major version in what rustc (`LLVM version: 22.1.2`) or LLVM (`LLVM version 22.1.2`) prints.
pub(super) fn parse_major(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("LLVM version")?;
    let version = version.trim_start_matches([':', ' ']);
    version.split('.').next()?.parse().ok()
}

fn find_library(folder: &Path, major: u32) -> Result<Option<OsString>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    Ok(names.into_iter().find(|name| is_library(name, major)))
}

/// `libLLVM.so.22.1-rust-1.95.0-stable` is the library; `libLLVM-22-rust-1.95.0-stable.so` beside
/// it is a linker script.
fn is_library(name: &OsStr, major: u32) -> bool {
    name.to_string_lossy().starts_with(&format!("libLLVM.so.{major}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_both_programs() {
        let rustc = "release: 1.95.0\nLLVM version: 22.1.2\n";
        let linker = "LLVM (http://llvm.org/):\n  LLVM version 21.1.8-rust-1.94.0-stable\n";
        assert_eq!(parse_major(rustc), Some(22));
        assert_eq!(parse_major(linker), Some(21));
        assert_eq!(parse_major("release: 1.95.0\n"), None);
        assert_eq!(parse_major("LLVM version: unknown"), None);
    }

    #[test]
    fn the_library_is_told_from_what_lies_beside_it() {
        let is_22 = |name: &str| is_library(name.as_ref(), 22);
        assert!(is_22("libLLVM.so.22.1-rust-1.95.0-stable"));
        assert!(is_22("libLLVM.so.22.1"));
        assert!(!is_22("libLLVM-22-rust-1.95.0-stable.so"));
        assert!(!is_22("libLLVM.so.21.1-rust-1.94.0-stable"));
        assert!(!is_22("libLLVM.so.220.1"));
        assert!(!is_22("librustc_driver-6108105cd7e839cf.so"));
    }

    #[test]
    fn the_toolchains_library_gets_both_names() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = "libLLVM.so.22.1-rust-1.95.0-stable";
        let toolchain = Toolchain {
            sysroot: folder.path().join("sysroot"),
            host: String::new(),
            llvm_major: 22,
        };
        let prefix = folder.path().join("llvm");
        fs::create_dir_all(toolchain.sysroot.join("lib")).expect("created");
        let error = of_toolchain(&toolchain, &prefix).expect_err("no library yet");
        assert!(error.to_string().contains("no shared LLVM 22"), "{error}");

        fs::write(toolchain.sysroot.join("lib").join(library), "LLVM").expect("written");
        for _ in 0..2 {
            of_toolchain(&toolchain, &prefix).expect("links, also over older ones");
            for name in [library, "libLLVM.so"] {
                let text = fs::read_to_string(prefix.join("lib").join(name)).expect("a link");
                assert_eq!(text, "LLVM");
            }
        }
    }
}
