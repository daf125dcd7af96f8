//! `qos-loader check`

use std::process::ExitCode;

use serde_json::json;

use super::policy_args::PolicyArgs;
use crate::{
    error::Result,
    output::Output,
    policy::{
        compile::{Keys, compile},
        rank,
        resolve::{Resolved, ThisMachine},
        warnings,
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
    let machine = ThisMachine::new();
    let policies = set.policies.len();
    let ranked = rank::ranked(&set.policies);
    let resolved = Resolved::new(&set.policies, &machine);
    let keys = Keys::alone(&resolved, 1)?;
    // Whether it fits into the kernel's tables shows when it is compiled.
    let rules = compile(&ranked, &set.policies, &vec![0; policies], &resolved, &keys)?.rules.len();
    let mut warnings = warnings::warnings(&set, &machine);
    warnings.append(warnings::shadowed(&set, &machine));
    if output.is_json() {
        let warnings = warnings.to_json();
        output.json(&json!({ "policies": policies, "rules": rules, "warnings": warnings }))?;
    } else {
        if !warnings.is_empty() {
            output.diagnostics(&warnings);
        }
        let (policies, rules) =
            (counted(policies, "policy", "policies"), counted(rules, "rule", "rules"));
        output.text(format_args!("{policies}, {rules}: OK"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
