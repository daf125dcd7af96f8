//! What in a policy set may not do what was meant.

use super::{
    Origin,
    conflict::{self, Conflict},
    layer::PolicySet,
    rank,
    resolve::{Machine, Resolved},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    events,
};

/// Conflicts, and conditions that nothing on `machine` satisfies today, in the set's order.
pub fn warnings(set: &PolicySet, machine: &dyn Machine) -> Diagnostics {
    let mut warnings = Diagnostics::default();
    let resolved = Resolved::new(&set.policies, machine);
    for index in 0..set.policies.len() {
        unsatisfied(set, index, &resolved).for_each(|warning| warnings.push(warning));
    }
    for conflict in conflict::conflicts(&rank::ranked(&set.policies)) {
        warnings.push(conflicting(set, conflict));
    }
    warnings
}

/// The users and cgroups of a policy that are not there.
fn unsatisfied<'a>(
    set: &'a PolicySet,
    index: usize,
    resolved: &'a Resolved,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let policy = &set.policies[index];
    let warning = move |message: String, hint: &str| {
        Diagnostic::warning(set.places[index].clone(), message).hinted(hint)
    };
    let users = policy.conditions.user.iter().filter(|user| resolved.user(user).is_none());
    let users = users.map(move |user| {
        let message = format!("\"{}\": this machine has no user {user}", policy.name);
        warning(
            message,
            "users are looked up when policies are loaded, and whenever they are loaded again",
        )
    });
    let cgroups = policy.conditions.cgroup.iter();
    let cgroups = cgroups.filter(|pattern| !resolved.has_cgroup(pattern)).map(move |pattern| {
        let message = format!("\"{}\": there is no cgroup {pattern} now", policy.name);
        warning(
            message,
            "cgroups are looked up when policies are loaded, and whenever they are loaded again",
        )
    });
    users.chain(cgroups)
}

fn conflicting(set: &PolicySet, Conflict { winner, loser }: Conflict) -> Diagnostic {
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
