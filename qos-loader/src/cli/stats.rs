//! `qos-loader stats`

use std::{process::ExitCode, time::Duration};

use serde_json::{Value, json};

use crate::{
    control::{
        Counted, client,
        counted::{OfInterface, OfPolicy},
    },
    error::{Error, Result},
    output::{Output, table::table},
};

/// Show what was counted, by policy and by interface
///
/// For each `run` of this network namespace: the packets and bytes of each policy, how many were given
/// its DSCP and how many had it already, and what its rate did not let through; of policies with
/// `destination-host` the flows by host; of each interface the packets that no policy applies to, and why. Exit status 0 also if nothing runs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Show it again and again, until it is told to stop
    #[arg(short, long)]
    watch: bool,

    /// How long to wait in between
    #[arg(long, value_name = "SECONDS", default_value_t = 1, requires = "watch",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::runtime)?.block_on(show(args, output))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(args: &Args, output: Output) -> Result<()> {
    loop {
        let counted = client::counted().await?;
        match (output.is_json(), args.watch) {
            (true, true) => output.json_line(&document(&counted))?,
            (true, false) => output.json(&document(&counted))?,
            (false, true) => output.text(text(&counted) + "\n")?,
            (false, false) => output.text(text(&counted))?,
        }
        if !args.watch {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(args.every)).await;
    }
}

/// All policies and all interfaces, each with its loader.
fn document(counted: &[Counted]) -> Value {
    fn of(pid: u32, one: &impl serde::Serialize) -> Value {
        let mut document = json!(one);
        document["pid"] = json!(pid);
        document
    }
    let policies = |one: &Counted| -> Vec<Value> {
        one.policies.iter().map(|policy| of(one.pid, policy)).collect()
    };
    let interfaces = |one: &Counted| -> Vec<Value> {
        one.interfaces.iter().map(|interface| of(one.pid, interface)).collect()
    };
    json!({
        "policies": counted.iter().flat_map(policies).collect::<Vec<_>>(),
        "interfaces": counted.iter().flat_map(interfaces).collect::<Vec<_>>(),
    })
}

fn text(counted: &[Counted]) -> String {
    let several = counted.len() > 1;
    let blocks: Vec<String> = counted
        .iter()
        .flat_map(|one| {
            let process = several.then(|| format!("process {}", one.pid));
            let policies = (!one.policies.is_empty()).then(|| policies(&one.policies));
            let blocks = process.into_iter().chain(policies).chain(hosts(&one.policies));
            blocks.chain([interfaces(&one.interfaces)])
        })
        .collect();
    if blocks.is_empty() {
        return "nothing runs in this network namespace".to_owned();
    }
    blocks.join("\n\n")
}

fn policies(policies: &[OfPolicy]) -> String {
    const TITLES: [&str; 9] = [
        "POLICY",
        "THROTTLE",
        "PACKETS",
        "BYTES",
        "REWRITTEN",
        "UNCHANGED",
        "FAILED",
        "DROPPED",
        "DROPPED BYTES",
    ];
    let rows = policies.iter().map(|policy| {
        let numbers = [
            policy.packets,
            policy.bytes,
            policy.rewritten,
            policy.unchanged,
            policy.failed,
            policy.dropped,
            policy.dropped_bytes,
        ];
        let throttle = policy.throttle.as_deref().unwrap_or("-").to_owned();
        let names = [policy.name.clone(), throttle];
        names.into_iter().chain(numbers.map(|number| number.to_string())).collect()
    });
    table(&TITLES, &[1, 2, 3, 4, 5, 6, 7, 8], rows.collect())
}

/// Those of policies that name hosts, if any had flows.
fn hosts(policies: &[OfPolicy]) -> Option<String> {
    let rows = policies.iter().flat_map(|policy| {
        policy
            .hosts
            .iter()
            .map(|host| vec![policy.name.clone(), host.name.clone(), host.flows.to_string()])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    (!rows.is_empty()).then(|| table(&["POLICY", "HOST", "FLOWS"], &[2], rows))
}

fn interfaces(interfaces: &[OfInterface]) -> String {
    let rows = interfaces.iter().map(|interface| {
        let OfInterface { name, unmatched, not_ip, malformed } = interface;
        let name = name.as_deref().unwrap_or("others").to_owned();
        let numbers = [unmatched, not_ip, malformed].map(u64::to_string);
        [name].into_iter().chain(numbers).collect()
    });
    table(&["INTERFACE", "UNMATCHED", "NOT IP", "MALFORMED"], &[1, 2, 3], rows.collect())
}
