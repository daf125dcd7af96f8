//! A real `qos-loader run`: how long it takes until it is ready and to reload, and its memory.

mod maps;
mod memory;

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use qos_tests::{loader::Loader, netns::NEAR};

use maps::Maps;
use memory::Memory;

/// What it still does after it has said that it is done, takes less than this.
const SETTLED: Duration = Duration::from_millis(50);

/// What was measured of a process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    /// Seconds from its start, with what it takes to write its policy file, to its line `ready: …`.
    pub(super) ready: f64,
    /// Seconds from SIGHUP, with what it takes to write another file, to the event that says what
    /// has changed.
    pub(super) reload: f64,
    /// Its memory once it is ready.
    pub(super) started: Memory,
    /// The same after the reload.
    pub(super) reloaded: Memory,
    pub(super) maps: Maps,
}

impl Process {
    /// Runs the loader on the interface of the lab that the thread stands in, and reloads it.
    pub(super) fn measure(policies: &str, changed: &str) -> Result<Self> {
        let mut command = Command::new(program()?);
        command.stdin(Stdio::null());
        let start = Instant::now();
        let loader = Loader::start_by(command, &["--interface", NEAR], policies);
        loader.wait_until_ready();
        let ready = start.elapsed().as_secs_f64();
        let folder = PathBuf::from(format!("/proc/{}", loader.pid()));
        thread::sleep(SETTLED);
        let started = Memory::of(&folder)?;
        let start = Instant::now();
        loader.replace(changed);
        let reload = start.elapsed().as_secs_f64();
        thread::sleep(SETTLED);
        let (reloaded, maps) = (Memory::of(&folder)?, Maps::of(&folder)?);
        Ok(Self { ready, reload, started, reloaded, maps })
    }
}

/// The environment's `QOS_LOADER`, or the loader that was built beside this bench.
fn program() -> Result<PathBuf> {
    match env::var_os("QOS_LOADER") {
        Some(path) => Ok(path.into()),
        None => Ok(env::current_exe()?.with_file_name("qos-loader")),
    }
}

/// What stands behind `key` in a file of `/proc`.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = text.lines();
    lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
}
