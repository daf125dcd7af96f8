//! `iperf3`: a client here, a server in the far namespace.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use qos_tests::netns::{FAR_V4, Lab};
use serde_json::Value;

/// A server of one test. It ends with this value, if it did not yet.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Bits that arrive in a second, over one TCP connection; the ends of it stay on these CPUs.
pub(super) fn bits_per_second(lab: &Lab, port: u16, cpus: [usize; 2]) -> Result<f64> {
    let port = port.to_string();
    let mut server = iperf3(["--server", "--one-off", "--forceflush", "--port", &port]);
    let mut server = Server(lab.in_far(|| server.stdout(Stdio::piped()).spawn())?);
    let output = server.0.stdout.take().context("no output")?;
    // It lives to the end, for the server goes on writing.
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    lines.find(|line| line.contains("listening")).context("iperf3's server does not listen")?;
    let cpus = cpus.map(|cpu| cpu.to_string()).join(",");
    let client =
        ["--client", FAR_V4, "--port", &port, "--affinity", &cpus, "--time", "1", "--json"];
    let output = iperf3(client).output()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(output.status.success(), "iperf3: {}", report["error"]);
    let received = report["end"]["sum_received"]["bits_per_second"].as_f64();
    received.context("iperf3 does not say what arrived")
}

fn iperf3<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("iperf3");
    command.args(arguments);
    command
}
