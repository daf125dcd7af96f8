//! `qos-loader explain`

mod machine;
mod packet;
mod seen;
mod sender;
mod socket;

use std::process::ExitCode;

use serde_json::{Value, json};

use super::policy_args::PolicyArgs;
use crate::{
    error::Result,
    output::{self, Output},
    policy::{
        Actions, Policy,
        explain::{Explainer, Identity, Verdict},
        layer::PolicySet,
        rank,
        resolve::ThisMachine,
    },
};
use machine::Known;
use seen::Seen;

/// A packet has a protocol and two ends, or the socket's.
const USAGE: &str = "\
    qos-loader explain [OPTIONS] --protocol <PROTOCOL> --source <ADDRESS[:PORT]> --destination <ADDRESS[:PORT]>
       qos-loader explain [OPTIONS] --socket <SOCKET>";

/// Explain which policy wins for a packet
///
/// Names the policy that a packet gets, the others that match it, and which of the nine steps of
/// the winning order decided between each and the next. Its sender is described, or taken from a
/// process or a socket of this machine. Touches nothing.
#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE)]
pub(super) struct Args {
    #[command(flatten)]
    packet: packet::PacketArgs,

    #[command(flatten)]
    sender: sender::SenderArgs,

    #[command(flatten)]
    policies: PolicyArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let set = args.policies.load()?;
    let socket = args.packet.socket()?;
    let flow = args.packet.flow(socket.as_ref())?;
    let (destination_host, url) = (args.packet.destination_host()?, args.packet.url()?);
    let seen = match (&socket, args.sender.process()) {
        (Some(socket), _) => Some(Seen::by_socket(socket)?),
        (None, process) => process.map(Seen::process),
    };
    let (sender, groups) = args.sender.sender(seen.as_ref())?;
    let identity = Identity { destination_host, url, ..sender };
    let machine = Known { machine: &ThisMachine::new(), groups };
    let verdict = Explainer::new(&set.policies, &identity, &machine)?.verdict(&flow);
    if output.is_json() {
        let mut document = document(&set.policies, &verdict);
        if let Some(seen) = &seen {
            document["sender"] = seen.document(&identity, &machine);
        }
        output.json(&document)?;
    } else {
        let sender = seen.as_ref().map(|seen| seen.text(&identity, &machine));
        let lines: Vec<String> = sender.into_iter().chain([text(&set, &verdict)]).collect();
        output.text(lines.join("\n"))?;
    }
    for doubt in seen.iter().flat_map(Seen::doubts) {
        output.message(&format!("note: {doubt}"));
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
    let unmarked = if set.settings.ignores_marks() {
        "the packet leaves with DSCP 0, unless it is forwarded"
    } else {
        "the packet keeps its DSCP"
    };
    let [winner, others @ ..] = verdict.matches.as_slice() else {
        return format!("no policy matches: {unmarked}");
    };
    let policies = &set.policies;
    let mut lines = vec![format!("winner: {}", describe(&policies[*winner]))];
    let Actions { dscp, keep_marked, .. } = policies[*winner].actions;
    if dscp.is_none() && !keep_marked {
        lines.push(format!("  no DSCP to set: {unmarked}"));
    }
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
