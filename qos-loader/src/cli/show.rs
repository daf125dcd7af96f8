//! `qos-loader show`

use core::fmt::Write as _;
use std::process::ExitCode;

use qos_common::dscp::{Dscp, wmm_rfc8325, wmm_windows};
use serde_json::Value;

use super::policy_args::PolicyArgs;
use crate::error::Result;
use crate::output::Output;
use crate::output::{policy as written, policy_set};
use crate::policy::layer::PolicySet;
use crate::policy::source::Origin;
use crate::policy::{Actions, rank};

/// Show the policies in force, the one that wins first
///
/// Each with its DSCP, its conditions, where it stands, and which policies of its name in lower
/// layers it replaced. Touches nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    policies: PolicyArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let set = args.policies.load()?;
    if output.is_json() {
        output.json(&policy_set::document(&set))?;
    } else {
        let order = rank::winning_order(&set.policies);
        output.text(text(&set, &order).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(set: &PolicySet, order: &[usize]) -> String {
    if order.is_empty() {
        return "no policies".to_owned();
    }
    let policies = order.iter().enumerate().map(|(rank, index)| block(set, rank, *index));
    let mut blocks: Vec<String> = policies.collect();
    let settings = written::settings(&set.settings);
    let from = written::settings_from(&set.settings);
    for ((key, value), from) in settings.iter().zip(from.values()) {
        let from =
            format!("{}:{} (layer {})", plain(&from["file"]), from["line"], plain(&from["layer"]));
        blocks.push(format!("{key} = {}\n     {:<17} {from}\n", plain(value), "from"));
    }
    blocks.join("\n")
}

/// A policy as lines for people.
fn block(set: &PolicySet, rank: usize, index: usize) -> String {
    let policy = &set.policies[index];
    let mut block = format!("{}. {}\n", rank + 1, policy.name);
    let mut line = |key: &str, value: &str| {
        // Writing to a string can't fail.
        writeln!(block, "     {key:<17} {value}").ok();
    };
    let Actions { dscp, throttle, keep_marked } = policy.actions;
    if let Some(dscp) = dscp {
        line("dscp", &dscp_line(dscp));
    }
    if let Some(rate) = throttle {
        line("throttle", &format!("{rate}, {} bytes/s", rate.bytes_per_second()));
    }
    if keep_marked {
        line("keep-marked", "true");
    }
    for (key, value) in written::conditions(&policy.conditions) {
        line(&key, &plain(&value));
    }
    line("from", &origin_line(&policy.origin));
    for replaced in &set.replaced[index] {
        line("replaces", &origin_line(replaced));
    }
    block
}

/// `46 EF, TOS 0xb8, WMM AC_VO (RFC 8325) AC_VI (Windows)`
fn dscp_line(dscp: Dscp) -> String {
    let name = dscp.name().map(|name| format!(" {name}")).unwrap_or_default();
    format!(
        "{}{name}, TOS {:#04x}, WMM {} (RFC 8325) {} (Windows)",
        dscp.value(),
        dscp.tos(),
        wmm_rfc8325(dscp).name(),
        wmm_windows(dscp).name()
    )
}

fn origin_line(origin: &Origin) -> String {
    format!("{}:{} (layer {})", origin.file.display(), origin.line, origin.layer_name)
}

/// A value without the file's quotation marks and brackets.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
