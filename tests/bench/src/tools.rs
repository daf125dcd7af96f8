//! Programs of the distribution that the bench calls.

use std::{
    io::{self, Write as _},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

/// Programs, and the Debian packages that bring them.
const PACKAGES: [(&str, &str); 5] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("iperf3", "iperf3"),
    ("taskset", "util-linux"),
    ("wrk", "wrk"),
];

/// Fails if one of the programs is not there, before anything is measured.
pub(crate) fn check() -> Result<()> {
    for (program, package) in PACKAGES {
        let mut version = Command::new(program);
        version.arg("-V").stdout(Stdio::null()).stderr(Stdio::null());
        match version.status() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                bail!("there is no program `{program}` (Debian package {package})")
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

/// Has `nft` load a ruleset into the thread's network namespace.
pub(crate) fn nft(ruleset: &str) -> Result<()> {
    let mut command = Command::new("nft");
    command.args(["--file", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("starting nft")?;
    child.stdin.take().context("no standard input")?.write_all(ruleset.as_bytes())?;
    let output = child.wait_with_output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "nft: {}", message.lines().next().unwrap_or_default());
    Ok(())
}
