//! QEMU: this machine's, or Debian's from the cache.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use super::{cache, packages, say};
use crate::workspace;

const PROGRAM: &str = "qemu-system-x86_64";

/// Where Debian's packages have libraries.
const LIBRARIES: [&str; 2] = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];

/// A machine with nothing but a serial port, which starts at once.
const MACHINE: &str = "microvm,acpi=off,pit=on,pic=on,rtc=on,isa-serial=on,auto-kernel-cmdline=off";

/// A panic ends the guest, and so does its first process when it is done.
const KERNEL_ARGUMENTS: &str = "console=ttyS0 quiet panic=-1 oops=panic reboot=t";

/// A QEMU that can be started.
#[derive(Clone)]
pub(super) struct Qemu {
    program: PathBuf,
    /// The root of its file tree, if it is not installed.
    prefix: Option<PathBuf>,
}

impl Qemu {
    /// Fetches it unless it is there.
    pub(super) fn get() -> Result<Self> {
        if let Some(program) = workspace::find_program(PROGRAM) {
            return Ok(Self { program, prefix: None });
        }
        let folder = cache::get("qemu", "qemu-system-x86\n", |folder| {
            let packages = packages::closure_of("qemu-system-x86")?;
            say(format_args!(
                "QEMU: fetching {} packages, which are not installed",
                packages.len()
            ));
            packages::unpack(&packages, folder)
        });
        let prefix = folder.context("cannot make QEMU ready")?;
        Ok(Self { program: prefix.join("usr/bin").join(PROGRAM), prefix: Some(prefix) })
    }

    /// A guest with this many MiB. Its console is standard output.
    pub(super) fn command(
        &self,
        vmlinux: &Path,
        initramfs: &Path,
        memory: u32,
        arguments: &[String],
    ) -> Command {
        let mut qemu = Command::new(&self.program);
        qemu.args(["-M", MACHINE]).args(accelerator());
        // One processor: without ACPI the kernel would not find a second.
        qemu.args(["-m", &memory.to_string()]);
        qemu.args(["-nodefaults", "-no-user-config", "-no-reboot"]);
        qemu.args(["-display", "none", "-serial", "stdio"]);
        qemu.arg("-kernel").arg(vmlinux).arg("-initrd").arg(initramfs);
        let arguments = arguments.iter().map(|argument| format!(" {argument}"));
        qemu.arg("-append").arg(KERNEL_ARGUMENTS.to_owned() + &arguments.collect::<String>());
        if let Some(prefix) = &self.prefix {
            let folders = LIBRARIES.map(|folder| prefix.join(folder).display().to_string());
            qemu.env("LD_LIBRARY_PATH", folders.join(":"));
        }
        qemu
    }
}

/// KVM where the processor is really behind it: /dev/kvm can be there and not work in a guest.
fn accelerator() -> [&'static str; 4] {
    let has = |module: &str| Path::new("/sys/module").join(module).exists();
    if (has("kvm_intel") || has("kvm_amd")) && Path::new("/dev/kvm").exists() {
        ["-accel", "kvm", "-cpu", "host"]
    } else {
        // Without the features that have kernels copy and clear memory byte by byte, which is what
        // an emulator is slowest at.
        ["-accel", "tcg,thread=multi", "-cpu", "max,-erms,-fsrm"]
    }
}
