//! `qos-loader status`

use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::{
    control::{Running, client},
    error::{Error, Result},
    kernel::{
        hooks::{Hook, State, limits},
        shaping::Shaping,
    },
    output::{Output, table::table},
};

/// Show what runs, where it is attached, and what it can follow
///
/// For each `run` of this network namespace: its interfaces, the policy set's hash and age, the
/// kernel's numbers of its programs, what keeps the rates and why, and the hooks that record which program,
/// user and group sends or that limit receive windows, with what can't be done where one is missing;
/// and how many packets were nobody's where policies ask who sends. Exit status 0 also if nothing runs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(output: Output) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let running = runtime.map_err(Error::runtime)?.block_on(client::running())?;
    if output.is_json() {
        output.json(&json!({ "running": running.iter().map(document).collect::<Vec<_>>() }))?;
    } else if running.is_empty() {
        output.text("nothing runs in this network namespace")?;
    } else {
        let texts: Vec<String> = running.iter().map(text).collect();
        output.text(texts.join("\n\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn document(running: &Running) -> Value {
    let Running {
        pid,
        version,
        since,
        named,
        interfaces,
        ingress,
        programs,
        shapers,
        hooks,
        nobodys,
        set,
    } = running;
    let hooks: Vec<Value> = hooks
        .iter()
        .map(|Hook { name, state }| match state {
            State::Attached => json!({ "name": name, "state": "attached" }),
            State::Spared => json!({ "name": name, "state": "not needed" }),
            State::Missing(reason) => {
                json!({ "name": name, "state": "missing", "reason": reason })
            }
        })
        .collect();
    json!({
        "pid": pid,
        "version": version,
        "since": since,
        "policies": set.policies.len(),
        "hash": set.hash(),
        "named": named,
        "interfaces": interfaces,
        "ingress": ingress,
        "programs": programs,
        "shapers": shapers,
        "hooks": hooks,
        "nobodys": nobodys,
        "limits": limits(&running.hooks),
    })
}

fn text(running: &Running) -> String {
    let Running {
        pid, version, interfaces, ingress, programs, shapers, hooks, nobodys, set, ..
    } = running;
    let age = SystemTime::now()
        .duration_since(UNIX_EPOCH + Duration::from_secs(running.since))
        .unwrap_or_default();
    let list = |names: &[String]| match names {
        [] => "none".to_owned(),
        _ => names.join(", "),
    };
    let programs: Vec<String> = programs.iter().map(u32::to_string).collect();
    let mut rows = vec![
        row("process", format!("{pid}, version {version}")),
        row("policies", format!("{}, hash {}", set.policies.len(), set.hash())),
        row("in force for", format!("{} s", age.as_secs())),
        row("interfaces", list(interfaces)),
    ];
    if !ingress.is_empty() {
        rows.push(row("ingress", list(ingress)));
    }
    rows.push(row("programs", list(&programs)));
    rows.extend(by_shaper(shapers).map(|is| row("shaper", is)));
    for Hook { name, state } in hooks {
        let state = match state {
            State::Attached => "attached".to_owned(),
            State::Spared => "not needed".to_owned(),
            State::Missing(reason) => format!("missing: {reason}"),
        };
        rows.push(row(name, state));
    }
    if *nobodys > 0 {
        rows.push(row("nobody's", format!("{nobodys} packets were sent by no program")));
    }
    rows.extend(limits(hooks).into_iter().map(|limit| row("limit", limit.to_owned())));
    table(&["WHAT", "IS"], &[], rows)
}

/// Each shaper with its interfaces and why it is there the one.
fn by_shaper(shapers: &[Shaping]) -> impl Iterator<Item = String> {
    let mut interfaces: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for Shaping { interface, name, reason } in shapers {
        interfaces.entry((name, reason)).or_default().push(interface);
    }
    interfaces
        .into_iter()
        .map(|((name, reason), on)| format!("{name} on {}: {reason}", on.join(", ")))
}

fn row(what: &str, is: String) -> Vec<String> {
    vec![what.to_owned(), is]
}
