//! How large a policy set may be.

use qos_common::{counters::MAX_POLICIES, policy_set::vector::MAX_RULES};

use super::{expand, layer::PolicySet};
use crate::{diagnostic::Diagnostic, events};

/// What is wrong with a set of too many policies, or whose lists make too many rules. Nothing is
/// expanded to find out.
pub(super) fn exceeded(set: &PolicySet) -> Option<Diagnostic> {
    let policies = set.policies.len();
    if policies > MAX_POLICIES as usize {
        let place = set.places[MAX_POLICIES as usize].clone();
        let message = format!("{policies} policies are more than the limit of {MAX_POLICIES}");
        let hint = "this is the first beyond it";
        return Some(Diagnostic::error(place, message).hinted(hint).with_event(events::QUOTA));
    }
    let counts: Vec<usize> = set.policies.iter().map(expand::count).collect();
    let rules = counts.iter().fold(0, |sum: usize, count| sum.saturating_add(*count));
    if rules <= MAX_RULES as usize {
        return None;
    }
    let (largest, count) = counts.into_iter().enumerate().max_by_key(|(_, count)| *count)?;
    let name = &set.policies[largest].name;
    let message =
        format!("the lists of the policies make {rules} rules, more than the limit of {MAX_RULES}");
    let most = format!("the largest policy is \"{name}\": it makes {count} of them");
    let why = "a policy makes a rule for each combination of unequally narrow values in its lists";
    let found = Diagnostic::error(set.places[largest].clone(), message).hinted(most).hinted(why);
    Some(found.with_event(events::QUOTA))
}
