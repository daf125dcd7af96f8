//! `qos-loader explain`

mod packet;
mod verdict;

use std::process::ExitCode;

use serde_json::json;

use super::policy_args::PolicyArgs;
use crate::{
    error::Result,
    output::{self, Output},
    policy::Policy,
};
use verdict::Verdict;

/// Explain which policy wins for a packet
///
/// Names the policy that a packet gets, the others that match it, and which of the nine steps of
/// the winning order decided between each and the next. Touches nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    packet: packet::PacketArgs,

    #[command(flatten)]
    policies: PolicyArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let set = args.policies.load()?;
    let verdict = verdict::find(&set.policies, &args.packet.read()?)?;
    if output.is_json() {
        output.json(&document(&set.policies, &verdict))?;
    } else {
        output.text(text(&set.policies, &verdict))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn document(policies: &[Policy], verdict: &Verdict) -> serde_json::Value {
    let names: Vec<&str> =
        verdict.matches.iter().map(|&index| policies[index].name.as_str()).collect();
    let decided: Vec<_> = names
        .iter()
        .zip(names.iter().skip(1))
        .zip(&verdict.decided_by)
        .map(|((winner, loser), step)| {
            let (number, reason) = (step.number(), step.describe());
            json!({ "winner": winner, "loser": loser, "step": number, "reason": reason })
        })
        .collect();
    json!({ "winner": names.first(), "matches": names, "decided_by": decided })
}

fn text(policies: &[Policy], verdict: &Verdict) -> String {
    let [winner, others @ ..] = verdict.matches.as_slice() else {
        return "no policy matches: the packet keeps its DSCP".to_owned();
    };
    let mut lines = vec![format!("winner: {}", describe(&policies[*winner]))];
    for (number, (other, step)) in others.iter().zip(&verdict.decided_by).enumerate() {
        lines.push(format!("also matches: {}", describe(&policies[*other])));
        let above = policies[verdict.matches[number]].name.as_str();
        let (step, reason) = (step.number(), step.describe());
        lines.push(format!("  loses to \"{above}\" by step {step}: {reason}"));
    }
    lines.join("\n")
}

fn describe(policy: &Policy) -> String {
    let dscp = policy.dscp.map_or(String::new(), |dscp| {
        let name = dscp.name().map_or(String::new(), |name| format!(" ({name})"));
        format!(", dscp {}{name}, TOS {:#04x}", dscp.value(), dscp.tos())
    });
    let conditions: Vec<String> = output::policy::conditions(&policy.conditions)
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    let conditions = match conditions.as_slice() {
        [] => "every IP packet".to_owned(),
        some => some.join(", "),
    };
    let (file, line) = (policy.origin.file.display(), policy.origin.line);
    format!("\"{}\"{dscp}, for {conditions} ({file}:{line})", policy.name)
}
