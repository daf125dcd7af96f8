//! `wrk`, on the far side.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use qos_tests::netns::{Lab, NEAR_V4};

use crate::cpus;

/// Requests that are answered in a second, on average.
pub(super) fn second(lab: &Lab, port: u16, host: &str) -> Result<f64> {
    let [first, _] = cpus::ends()?;
    let mut wrk = Command::new("taskset");
    wrk.args(["--cpu-list", &first.to_string(), "wrk", "--threads", "1", "--connections", "4"]);
    wrk.args(["--duration", "1s", "--header", &format!("Host: {host}")]);
    wrk.arg(format!("http://{NEAR_V4}:{port}/path/to/something"));
    let output = lab.in_far(|| wrk.output()).context("starting wrk")?;
    let said = String::from_utf8(output.stdout)?;
    ensure!(output.status.success() && !said.contains("Socket errors"), "wrk: {said}");
    let rate = said.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    rate.context("wrk says no rate")?.trim().parse().context("wrk's rate")
}
