//! A kernel's files, ready for guests: fetched and unpacked once.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::{cache, kernels::Kernel, modules, packages, say, vmlinux};

/// The names of the modules in the order in which they are to be loaded, one a line.
const ORDER: &str = "modules.order";

/// The folder with a kernel and its modules.
pub(super) struct Image(PathBuf);

impl Image {
    /// Fetches it unless it is there.
    pub(super) fn get(kernel: &Kernel, wanted: &[String]) -> Result<Self> {
        let source = format!("{} with {}\n", kernel.package, wanted.join(" "));
        let folder = cache::get(&format!("linux-{}", kernel.name), &source, |folder| {
            let package = packages::kernel_of(&kernel.package)?;
            say(format_args!("Linux {}: fetching {package}, which is not installed", kernel.name));
            let unpacked = folder.join("unpacked");
            packages::unpack(&[package], &unpacked)?;
            fill(folder, &unpacked, wanted)?;
            Ok(fs::remove_dir_all(unpacked)?)
        });
        folder.map(Self).with_context(|| format!("cannot make Linux {} ready", kernel.name))
    }

    /// The kernel.
    pub(super) fn vmlinux(&self) -> PathBuf {
        self.0.join("vmlinux")
    }

    /// The modules' files in order.
    pub(super) fn modules(&self) -> Result<Vec<PathBuf>> {
        let order = fs::read_to_string(self.0.join(ORDER))?;
        Ok(order.lines().map(|name| self.0.join(format!("{name}.ko"))).collect())
    }
}

fn fill(folder: &Path, unpacked: &Path, wanted: &[String]) -> Result<()> {
    let vmlinuz = only(&unpacked.join("boot"), "vmlinuz-")?;
    let vmlinux = vmlinux::unpack(&fs::read(&vmlinuz)?);
    let vmlinux = vmlinux.with_context(|| vmlinuz.display().to_string())?;
    fs::write(folder.join("vmlinux"), vmlinux)?;
    let mut order = Vec::new();
    for module in modules::collect(&only(&unpacked.join("lib/modules"), "")?, wanted)? {
        fs::write(folder.join(format!("{}.ko", module.name)), module.bytes)?;
        order.push(module.name);
    }
    Ok(fs::write(folder.join(ORDER), order.join("\n"))?)
}

/// What starts with `prefix` in a folder.
fn only(folder: &Path, prefix: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            return Ok(entry.path());
        }
    }
    anyhow::bail!("there is no {prefix} in {}", folder.display())
}
