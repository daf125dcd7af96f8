//! What the figures were measured on.

use std::{env::consts::ARCH, fs, process::Command, thread};

use anyhow::{Context as _, Result, ensure};
use nix::sys::sysinfo::sysinfo;
use serde_json::Value;

/// What tells the machine from others, by name, and the day.
pub(crate) struct Machine(Vec<(&'static str, String)>);

impl Machine {
    /// This machine, today.
    pub(crate) fn this() -> Result<Self> {
        let cpus = read("/proc/cpuinfo")?;
        let memory = sysinfo()?.ram_total() / (1 << 20);
        let kernel = read("/proc/sys/kernel/osrelease")?;
        let virtualised = cpu_field(&cpus, "flags")
            .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"));
        let facts = [
            ("date", output("date", &["--utc", "+%F"])?),
            ("kernel", format!("Linux {}", kernel.trim())),
            ("architecture", ARCH.to_owned()),
            ("CPU", cpu_field(&cpus, "model name").unwrap_or("unknown").to_owned()),
            ("CPUs", thread::available_parallelism()?.to_string()),
            ("virtual machine", if virtualised { "yes" } else { "no" }.to_owned()),
            ("memory", format!("{memory} MiB")),
            ("nft", version("nft")),
            ("iperf3", version("iperf3")),
        ];
        Ok(Self(facts.into()))
    }

    /// For `--json`.
    pub(crate) fn json(&self) -> Value {
        self.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// For the document: a line for each fact.
    pub(crate) fn markdown(&self) -> String {
        let line = |(name, value): &(_, _)| format!("| {name} | {value} |\n");
        let lines: String = self.0.iter().map(line).collect();
        format!("| measured on | |\n| --- | --- |\n{lines}")
    }
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

/// What /proc/cpuinfo says of the first CPU.
fn cpu_field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let mut fields = fields.map(|(name, value)| (name.trim(), value.trim()));
    Some(fields.find(|(field, _)| *field == name)?.1)
}

/// The version that a program says in its first line, which starts with its name.
fn version(program: &str) -> String {
    let said = output(program, &["--version"]).unwrap_or_default();
    let mut words = said.lines().next().unwrap_or_default().split_whitespace();
    words.nth(1).unwrap_or("not there").trim_start_matches('v').to_owned()
}

fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("cannot start {program}"))?;
    ensure!(output.status.success(), "{program} failed: {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
