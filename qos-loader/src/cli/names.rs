//! `qos-loader names`

use std::process::ExitCode;

use serde_json::json;

use crate::{
    control::{Learned, client, learned::LearnedName},
    error::{Error, Result},
    output::{Output, table::table},
};

/// List the names of hosts that were learned, and their addresses
///
/// For each `run` of this network namespace with a policy that has `destination-host`: the names that
/// programs looked up since, those of /etc/hosts, how long ago each was learned, and the policies that
/// name it. Exit status 0 also if nothing runs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(output: Output) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let learned = runtime.map_err(Error::runtime)?.block_on(client::learned())?;
    if output.is_json() {
        let names = learned.iter().flat_map(|one| {
            one.names.iter().map(|name| {
                let mut document = json!(name);
                document["pid"] = json!(one.pid);
                document
            })
        });
        output.json(&json!({ "names": names.collect::<Vec<_>>() }))?;
    } else {
        output.text(text(&learned))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(learned: &[Learned]) -> String {
    if learned.is_empty() {
        return "nothing runs in this network namespace".to_owned();
    }
    let rows: Vec<Vec<String>> = learned.iter().flat_map(|one| &one.names).map(row).collect();
    if rows.is_empty() {
        return "no names were learned".to_owned();
    }
    table(&["NAME", "ADDRESS", "AGE", "POLICIES"], &[2], rows)
}

fn row(LearnedName { name, address, age, policies }: &LearnedName) -> Vec<String> {
    let age = age.map_or_else(|| "-".to_owned(), |age| format!("{age} s"));
    let policies = if policies.is_empty() { "-".to_owned() } else { policies.join(", ") };
    vec![name.clone(), address.clone(), age, policies]
}
