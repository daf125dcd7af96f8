//! What in a policy set may not do what was meant.

use super::{
    Application, NameOrId, Origin, Policy,
    conflict::{self, Conflict},
    layer::PolicySet,
    rank,
    resolve::{Machine, Resolved, by_number},
    shadow::{self, Shadowed},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    events,
};

const LOOKED_UP: &str =
    "names are looked up when policies are loaded, and whenever they are loaded again";

/// Conflicts, and conditions that nothing on `machine` satisfies today, in the set's order.
pub fn warnings(set: &PolicySet, machine: &dyn Machine) -> Diagnostics {
    let mut warnings = Diagnostics::default();
    let resolved = Resolved::new(&set.policies, machine);
    for index in 0..set.policies.len() {
        unsatisfied(set, index, machine, &resolved).for_each(|warning| warnings.push(warning));
    }
    for conflict in conflict::conflicts(&by_number(rank::ranked(&set.policies), machine)) {
        warnings.push(conflicting(set, conflict));
    }
    warnings
}

/// Policies that can never win, in the set's order. It looks at far more than [`warnings`].
pub fn shadowed(set: &PolicySet, machine: &dyn Machine) -> Diagnostics {
    let rules = by_number(rank::ranked(&set.policies), machine);
    let found = shadow::shadowed(&rules, set.policies.len());
    let mut warnings = Diagnostics::default();
    for Shadowed { policy, by } in found {
        let name = &set.policies[policy].name;
        let others: Vec<String> = by.iter().map(|&other| named(&set.policies[other])).collect();
        let message = format!("\"{name}\" never wins: others take every packet that it matches");
        let found = Diagnostic::warning(set.places[policy].clone(), message);
        warnings.push(found.hinted(format!("what wins is {}", others.join(", "))));
    }
    warnings
}

/// A policy by name and place.
fn named(policy: &Policy) -> String {
    let Origin { file, line, .. } = &policy.origin;
    format!("\"{}\" ({}:{line})", policy.name, file.display())
}

/// What a policy names that is not there.
fn unsatisfied<'a>(
    set: &'a PolicySet,
    index: usize,
    machine: &'a dyn Machine,
    resolved: &'a Resolved,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let Policy { name, conditions, .. } = &set.policies[index];
    let warning = move |message: String, hint: &str| {
        let message = format!("\"{name}\": {message}");
        Diagnostic::warning(set.places[index].clone(), message).hinted(hint)
    };
    let users = conditions.user.iter().filter(|user| resolved.user(user).is_none());
    let users =
        users.map(move |user| warning(format!("this machine has no user {user}"), LOOKED_UP));
    let groups = conditions.group.iter().filter(|group| match group {
        NameOrId::Name(name) => machine.group(name).is_none(),
        NameOrId::Id(_) => false,
    });
    let groups =
        groups.map(move |group| warning(format!("this machine has no group {group}"), LOOKED_UP));
    let cgroups = conditions.cgroup.iter().filter(|pattern| !resolved.has_cgroup(pattern));
    let cgroups =
        cgroups.map(move |pattern| warning(format!("there is no cgroup {pattern} now"), LOOKED_UP));
    let applications = conditions.application.iter().filter_map(move |application| {
        let (message, hint) = unresolved(application, machine)?;
        Some(warning(message, &hint).with_event(events::APPLICATION_UNRESOLVED))
    });
    users.chain(groups).chain(cgroups).chain(applications)
}

/// Why no process runs from the path of `application`, and what would be right.
fn unresolved(application: &Application, machine: &dyn Machine) -> Option<(String, String)> {
    let Application::Path(path) = application else { return None };
    match machine.executable(path) {
        Ok(real) if real == *path => None,
        Ok(real) => {
            let real = Application::Path(real).to_string();
            let message = format!("{application} leads to {real} by a symbolic link");
            let quote = if real.contains('\\') { '\'' } else { '"' };
            let known = "a process is known by where its executable is";
            Some((message, format!("{known}: write {quote}{real}{quote}")))
        }
        Err(error) => {
            let hint = "the path matches once an executable stands there";
            Some((format!("there is no executable {application}: {error}"), hint.to_owned()))
        }
    }
}

fn conflicting(set: &PolicySet, Conflict { winner, loser, example }: Conflict) -> Diagnostic {
    let (winner, place) = (&set.policies[winner], set.places[loser].clone());
    let message = format!(
        "\"{}\" conflicts with \"{}\": a packet can match both, and only their place decides",
        set.policies[loser].name, winner.name
    );
    Diagnostic::warning(place, message)
        .hinted(format!("{} wins", named(winner)))
        .hinted(format!("such a packet is `qos-loader explain {example}`"))
        .with_event(events::CONFLICT)
}
