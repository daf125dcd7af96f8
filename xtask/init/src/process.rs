//! A process with a limit, after which nothing of it is left.

use std::{
    os::unix::process::CommandExt as _,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use nix::{
    errno::Errno,
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// How a process ended.
#[derive(Debug)]
pub(crate) enum Ended {
    With(WaitStatus),
    NotInTime,
}

/// Runs `command` in a process group of its own, and ends whatever it leaves behind.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<Ended> {
    let child = command.process_group(0).spawn()?;
    let ended = wait(Pid::from_raw(child.id().cast_signed()), limit);
    // To the first process this means all others.
    if let Err(error) = kill(Pid::from_raw(-1), Signal::SIGKILL)
        && error != Errno::ESRCH
    {
        return Err(error.into());
    }
    while waitpid(None, None).is_ok() {}
    ended
}

/// Waits for `child`. The first process is the parent of all that lost theirs, too.
fn wait(child: Pid, limit: Duration) -> Result<Ended> {
    let end = Instant::now() + limit;
    loop {
        let status = waitpid(None, Some(WaitPidFlag::WNOHANG))?;
        if status.pid() == Some(child) {
            return Ok(Ended::With(status));
        }
        if Instant::now() > end {
            return Ok(Ended::NotInTime);
        }
        if status == WaitStatus::StillAlive {
            thread::sleep(Duration::from_millis(2));
        }
    }
}
