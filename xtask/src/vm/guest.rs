//! A guest from its start to its end.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use qos_vm_init::Event;

use super::console::{Console, End};

/// How long a guest may say nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Until it has booted.
    pub(super) boot: Duration,
    /// From then on.
    pub(super) silence: Duration,
}

/// A guest that has ended.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) console: Console,
    pub(super) end: End,
}

impl Guest {
    /// Runs QEMU until it ends, or ends it. Each line goes to the file `log`, and to `show` with the
    /// event in it.
    pub(super) fn run(
        mut qemu: Command,
        limits: Limits,
        log: &PathBuf,
        mut show: impl FnMut(&str, Option<&Event>),
    ) -> Result<Self> {
        let mut log = File::create(log).with_context(|| log.display().to_string())?;
        let mut child = qemu.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("QEMU has no output")?;
        let (to, lines) = mpsc::channel();
        let reader = thread::spawn(move || {
            let lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
            for line in lines {
                if to.send(line).is_err() {
                    break;
                }
            }
        });
        let mut console = Console::default();
        let by_itself = loop {
            let has_booted = console.release.is_some();
            let limit = if has_booted { limits.silence } else { limits.boot };
            match lines.recv_timeout(limit) {
                Ok(line) => {
                    let line = String::from_utf8_lossy(&line);
                    let line = line.trim_end_matches('\r');
                    writeln!(log, "{line}")?;
                    let event = console.take(line);
                    show(line, event.as_ref());
                }
                Err(RecvTimeoutError::Disconnected) => break true,
                Err(RecvTimeoutError::Timeout) => break false,
            }
        };
        if !by_itself {
            child.kill()?;
        }
        let status = child.wait()?;
        drop(lines);
        reader.join().ok();
        ensure!(!by_itself || status.success(), "QEMU failed ({status})");
        let end = console.end(by_itself);
        Ok(Self { console, end })
    }
}
