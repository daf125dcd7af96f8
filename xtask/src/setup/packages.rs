//! Programs of the distribution that the tests and the bench call.

use std::process::Command;

use anyhow::{Result, ensure};

use super::{advise, say};
use crate::{command::run, workspace};

/// A program, and the Debian package that brings it.
type Program = (&'static str, &'static str);

/// What the tests call.
pub(super) const TESTS: [Program; 7] = [
    ("curl", "curl"),
    ("dnsmasq", "dnsmasq-base"),
    ("ip", "iproute2"),
    ("openssl", "openssl"),
    ("python3", "python3"),
    ("setpriv", "util-linux"),
    ("tcpdump", "tcpdump"),
];

/// What the bench calls.
pub(super) const BENCH: [Program; 5] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("iperf3", "iperf3"),
    ("taskset", "util-linux"),
    ("wrk", "wrk"),
];

/// Installs what is missing of the programs.
pub(super) fn make_ready(programs: &[Program]) -> Result<()> {
    let packages = missing(programs, |program| workspace::find_program(program).is_some());
    if !packages.is_empty() {
        advise(install(&packages), || {
            let names = packages.join(" ");
            format!("as root, run `apt-get install {names}` (elsewhere the names may differ)")
        })?;
    }
    let programs: Vec<&str> = programs.iter().map(|(program, _)| *program).collect();
    say(format_args!("{}: ready", programs.join(", ")));
    Ok(())
}

/// Installs Debian packages, where that is possible.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(", ");
    let has_apt = workspace::find_program("apt-get").is_some();
    ensure!(has_apt, "missing: {names}, and there is no apt-get to install with");
    ensure!(workspace::is_root(), "missing: {names}, and only root may install");
    say(format_args!("installing {names} with apt-get"));
    run(apt_get().arg("update"))?;
    let mut install = apt_get();
    install.args(["install", "--yes", "--no-install-recommends"]);
    run(install.args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        // Another package manager at work is waited for.
        .args(["--quiet", "--option", "DPkg::Lock::Timeout=120"])
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn missing(programs: &[Program], is_there: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let missing = programs.iter().filter(|(program, _)| !is_there(program));
    missing.map(|(_, package)| *package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_for_missing_programs() {
        assert_eq!(missing(&TESTS, |_| true), [""; 0]);
        assert_eq!(missing(&TESTS, |program| program != "ip"), ["iproute2"]);
        let but_curl_and_python =
            |program: &str| matches!(program, "curl" | "dnsmasq" | "python3" | "tcpdump");
        assert_eq!(missing(&TESTS, but_curl_and_python), ["iproute2", "openssl", "util-linux"]);
        assert_eq!(
            missing(&BENCH, |program| program == "ip"),
            ["nftables", "iperf3", "util-linux", "wrk"]
        );
    }
}
