//! A stage that runs beside those before it: it takes one processor, and they mostly wait.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};

use crate::{command, workspace};

/// A command that runs, and is ended with this value. What it prints is shown when it has ended.
#[derive(Debug)]
pub(super) struct Beside {
    child: Child,
    line: String,
    output: PathBuf,
    start: Instant,
}

impl Beside {
    /// Starts `command`.
    pub(super) fn of(mut command: Command) -> Result<Self> {
        let line = command::line(&command);
        eprintln!("  $ {line} &");
        let output = workspace::root().join("target/beside.log");
        let file = File::create(&output).with_context(|| format!("{}", output.display()))?;
        let child = command.stdout(file.try_clone()?).stderr(file).spawn();
        let child = child.with_context(|| format!("cannot start `{line}`"))?;
        Ok(Self { child, line, output, start: Instant::now() })
    }

    /// When it was started.
    pub(super) const fn start(&self) -> Instant {
        self.start
    }

    /// Waits for it, and fails if it did.
    pub(super) fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        eprintln!("  $ {}\n{}", self.line, String::from_utf8_lossy(&fs::read(&self.output)?));
        ensure!(status.success(), "`{}` failed ({status})", self.line);
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It has ended, unless nobody waited for it; what else could be done?
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fails_where_its_command_does() {
        let shell = |script| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]);
            Beside::of(shell).expect("sh")
        };
        shell("exit 0").finish().expect("success");
        let error = shell("exit 3").finish().expect_err("exit status 3").to_string();
        assert!(error.ends_with("(exit status: 3)"), "{error}");
    }
}
