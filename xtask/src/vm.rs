//! `cargo xtask vm`, and the guests of `cargo xtask test --vm`: other kernels than this machine's.

mod archive;
mod binaries;
mod cache;
mod console;
mod content;
mod guest;
mod image;
mod kernels;
mod modules;
mod packages;
#[cfg(test)]
mod planted;
mod programs;
mod qemu;
mod report;
mod suite;
mod vmlinux;

use std::{fs, process::ExitCode, time::Duration};

use anyhow::{Context as _, Error, Result, bail};

use crate::{
    setup::{self, Scope},
    workspace,
};
use binaries::Binaries;
use console::End;
use content::Content;
use guest::{Guest, Limits};
use image::Image;
use qemu::Qemu;
pub(crate) use {binaries::TARGET, kernels::Kernels, suite::run as run_suite};

/// A machine whose processors are busy takes some seconds.
const BOOT: Duration = Duration::from_mins(3);

/// What to run, and in which kernel.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A kernel of xtask/kernels.toml
    kernel: String,
    /// What to run: qos-loader, the test binaries program or network, what kernels.toml lists, or a
    /// whole path of this machine, which is taken along. Without it, a shell
    #[arg(last = true)]
    command: Vec<String>,
}

impl Options {
    /// Runs the command; ends as it does.
    pub(crate) fn run(self) -> Result<ExitCode> {
        find().map_err(Error::msg)?;
        let kernels = Kernels::read()?;
        let kernel = kernels.named(&self.kernel)?;
        setup::run(Scope::Guest)?;
        let (settings, qemu) = (&kernels.guest, Qemu::get()?);
        let image = Image::get(kernel, &settings.modules)?;
        let binaries = suite::build()?;
        let is_shell = self.command.is_empty();
        let shell = ["setsid", "--ctty", "--wait", "bash", "-i"].map(str::to_owned).to_vec();
        let command = if is_shell { shell } else { self.command };
        let initramfs = cache::folder().join("command.cpio");
        let mut content = Content::new(&initramfs, &binaries)?;
        content.machine(&image, settings, &binaries)?;
        suite::TESTS.iter().try_for_each(|name| content.tests(&binaries, name))?;
        content.command(&command)?;
        content.finish()?;

        let arguments = suite::environment(settings);
        let mut qemu = qemu.command(&image.vmlinux(), &initramfs, settings.memory, &arguments);
        if is_shell {
            say("a shell in the guest; `exit` ends it");
            qemu.status().context("cannot start QEMU")?;
            return Ok(ExitCode::SUCCESS);
        }
        let forever = Duration::from_hours(24);
        let log = cache::folder().join("command.log");
        let guest =
            Guest::run(qemu, Limits { boot: BOOT, silence: forever }, &log, |line, event| {
                if event.is_none() {
                    eprintln!("{line}");
                }
            })?;
        let End::Exit(code) = guest.end else { bail!("{}", guest.end) };
        Ok(ExitCode::from(code))
    }
}

/// Whether guests can be made ready on this machine, or else why not.
pub(crate) fn find() -> Result<(), &'static str> {
    if cfg!(not(target_arch = "x86_64")) {
        return Err("guests are x86-64, and this machine is not");
    }
    workspace::find_program("apt-get")
        .map(drop)
        .ok_or("kernels come from Debian's packages, and there is no apt-get")
}

/// Fetches what guests need.
pub(crate) fn make_ready() -> Result<()> {
    fs::create_dir_all(cache::folder())?;
    Qemu::get()?;
    let kernels = Kernels::read()?;
    for kernel in kernels.select(&["all".to_owned()])? {
        Image::get(kernel, &kernels.guest.modules)?;
    }
    say("kernels and QEMU: ready");
    Ok(())
}

/// Says what is being made ready.
fn say(text: impl std::fmt::Display) {
    eprintln!("vm: {text}");
}
