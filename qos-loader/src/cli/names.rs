//! `qos-loader names`

use std::process::ExitCode;

use serde_json::json;

use crate::{
    control::{Learned, client, learned::LearnedName},
    error::{Error, Result},
    hosts::Unseen,
    output::{Output, table::table},
};

/// List the names of hosts that were learned, and their addresses
///
/// For each `run` of this network namespace with a policy that has `destination-host`: the names that
/// programs looked up since, those of /etc/hosts, how long ago each was learned, and the policies that
/// name it; and how much of what name servers said nothing was learned from. Exit status 0 also if nothing runs.
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
        let unseen = learned.iter().map(|one| {
            let mut document = json!(one.unseen);
            document["pid"] = json!(one.pid);
            document
        });
        output.json(&json!({
            "names": names.collect::<Vec<_>>(),
            "unseen": unseen.collect::<Vec<_>>(),
        }))?;
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
    let unseen = learned.iter().fold(Unseen::default(), |sum, one| sum.and(one.unseen));
    let names = if rows.is_empty() {
        "no names were learned".to_owned()
    } else {
        table(&["NAME", "ADDRESS", "AGE", "POLICIES"], &[2], rows)
    };
    [names].into_iter().chain(not_learned(unseen)).collect::<Vec<_>>().join("\n")
}

/// What nothing was learned from; none if that is nothing.
fn not_learned(Unseen { no_room, unreadable, unasked, streams }: Unseen) -> Option<String> {
    let counts = [
        ("no room", no_room),
        ("unreadable", unreadable),
        ("unasked", unasked),
        ("streams", streams),
    ];
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts.map(|(what, count)| format!("{what} {count}")).collect();
    (!counts.is_empty()).then(|| format!("not learned from: {}", counts.join(", ")))
}

fn row(LearnedName { name, address, age, policies }: &LearnedName) -> Vec<String> {
    let age = age.map_or_else(|| "-".to_owned(), |age| format!("{age} s"));
    let policies = if policies.is_empty() { "-".to_owned() } else { policies.join(", ") };
    vec![name.clone(), address.clone(), age, policies]
}
