//! The first process of a guest: makes it ready, runs each test as a process of its own or the one
//! command that it was given, tells the console, and ends the guest.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "standard output is the console")]

mod machine;
mod process;
mod tests;

use std::{env, fs, io, process::Command};

use anyhow::{Context as _, Result};
use nix::sys::reboot::{RebootMode, reboot};
use qos_vm_init::Event;

/// Arguments of the one command that is to run, with a NUL between them; none without the file.
const COMMAND: &str = "/vm/command";
/// The environment's name for the current folder; the kernel's command line sets it.
const FOLDER: &str = "QOS_VM_FOLDER";

fn main() -> Result<()> {
    let last = run().unwrap_or_else(|error| Event::Broken(format!("{error:#}")));
    println!("{last}");
    // The host runs the guest so that this ends it.
    reboot(RebootMode::RB_AUTOBOOT)?;
    Ok(())
}

fn run() -> Result<Event> {
    let release = machine::make_ready()?;
    if let Some(folder) = env::var_os(FOLDER) {
        env::set_current_dir(&folder).with_context(|| folder.display().to_string())?;
    }
    let command = match fs::read_to_string(COMMAND) {
        Ok(command) => command,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return tests::run(release),
        Err(error) => return Err(error).context(COMMAND),
    };
    println!("{}", Event::Ready { release, tests: 0 });
    let mut words = command.split('\0');
    let program = words.next().context("the command is empty")?;
    let status = Command::new(program).args(words).status();
    let status = status.with_context(|| format!("cannot start {program}"))?;
    // As a shell has it, for one that was killed.
    Ok(Event::Exit(status.code().and_then(|code| code.try_into().ok()).unwrap_or(128)))
}
