//! `qos-loader explain`

mod packet;

use std::process::ExitCode;

use serde_json::{Value, json};

use super::policy_args::PolicyArgs;
use crate::{
    error::Result,
    output::{self, Output},
    policy::{
        Actions, Policy,
        explain::{Explainer, Verdict},
        layer::PolicySet,
        rank,
        resolve::ThisMachine,
        settings::AppMarking,
    },
};

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
    let flow = args.packet.flow()?;
    let identity = args.packet.identity()?;
    let machine = ThisMachine::new();
    let verdict = Explainer::new(&set.policies, &identity, &machine)?.verdict(&flow);
    if output.is_json() {
        output.json(&document(&set.policies, &verdict))?;
    } else {
        output.text(text(&set, &verdict))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn document(policies: &[Policy], verdict: &Verdict) -> Value {
    let matching = || verdict.matches.iter().map(|&index| &policies[index]);
    let names: Vec<&str> = matching().map(|policy| policy.name.as_str()).collect();
    let decided: Vec<Value> = names
        .iter()
        .zip(names.iter().skip(1))
        .zip(&verdict.decided_by)
        .map(|((winner, loser), step)| {
            let (number, reason) = (step.number(), step.describe());
            json!({ "winner": winner, "loser": loser, "step": number, "reason": reason })
        })
        .collect();
    let order = rank::winning_order(policies);
    let documents = verdict.matches.iter().map(|&index| {
        let mut document = output::policy::document(&policies[index]);
        let rank = order.iter().position(|&ranked| ranked == index);
        document.insert("rank".to_owned(), json!(rank));
        document
    });
    let documents: Vec<_> = documents.collect();
    json!({
        "winner": names.first(),
        "matches": names,
        "decided_by": decided,
        "policies": documents,
    })
}

fn text(set: &PolicySet, verdict: &Verdict) -> String {
    let [winner, others @ ..] = verdict.matches.as_slice() else {
        let ignored = set.settings.app_marking.as_ref().map(|setting| setting.value);
        return if ignored == Some(AppMarking::Ignore) {
            "no policy matches: the packet leaves with DSCP 0, unless it is forwarded".to_owned()
        } else {
            "no policy matches: the packet keeps its DSCP".to_owned()
        };
    };
    let policies = &set.policies;
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
    let Actions { dscp, throttle, keep_marked } = policy.actions;
    let dscp = dscp.map(|dscp| {
        let name = dscp.name().map_or(String::new(), |name| format!(" ({name})"));
        format!(", dscp {}{name}, TOS {:#04x}", dscp.value(), dscp.tos())
    });
    let throttle = throttle.map(|rate| format!(", throttle {rate}"));
    let keep = if keep_marked { ", keep-marked" } else { "" };
    let conditions: Vec<String> = output::policy::conditions(&policy.conditions)
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    let conditions = match conditions.as_slice() {
        [] => "every IP packet".to_owned(),
        some => some.join(", "),
    };
    let (file, line) = (policy.origin.file.display(), policy.origin.line);
    let (name, dscp, throttle) =
        (&policy.name, dscp.unwrap_or_default(), throttle.unwrap_or_default());
    format!("\"{name}\"{dscp}{throttle}{keep}, for {conditions} ({file}:{line})")
}
