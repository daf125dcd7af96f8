//! `qos-loader check`

use std::process::ExitCode;

use serde_json::json;

use super::policy_args::PolicyArgs;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    error::Result,
    events,
    output::Output,
    policy::{
        Origin,
        conflict::{self, Conflict},
        expand,
        layer::PolicySet,
        rank,
    },
};

/// Check a policy set
///
/// Prints how many policies it has in force and how many rules they make, and what in it may not
/// do what was meant. Touches nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    policies: PolicyArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let set = args.policies.load()?;
    let policies = set.policies.len();
    let rules = expand::expand(&set.policies).len();
    let warnings = warnings(&set);
    if output.is_json() {
        let warnings = warnings.to_json();
        output.json(&json!({ "policies": policies, "rules": rules, "warnings": warnings }))?;
    } else {
        if !warnings.is_empty() {
            output.diagnostics(&warnings);
        }
        output.text(format_args!("{policies} policies, {rules} rules: OK"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What may not do what was meant.
fn warnings(set: &PolicySet) -> Diagnostics {
    let mut warnings = Diagnostics::default();
    for conflict in conflict::conflicts(&rank::ranked(&set.policies)) {
        warnings.push(conflict_warning(set, conflict));
    }
    warnings
}

fn conflict_warning(set: &PolicySet, Conflict { winner, loser }: Conflict) -> Diagnostic {
    let (winner, place) = (&set.policies[winner], set.places[loser].clone());
    let loser = &set.policies[loser];
    let message = format!(
        "\"{}\" conflicts with \"{}\": a packet can match both, and only their place decides",
        loser.name, winner.name
    );
    let Origin { file, line, .. } = &winner.origin;
    Diagnostic::warning(place, message)
        .hinted(format!("\"{}\" wins; it stands at {}:{line}", winner.name, file.display()))
        .with_event(events::CONFLICT)
}
