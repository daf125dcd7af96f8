//! How large a policy set may be.

use qos_common::{counters::MAX_POLICIES, policy_set::vector::MAX_RULES};

use super::{
    expand::{self, Size},
    layer::PolicySet,
};
use crate::{
    diagnostic::{Diagnostic, Place},
    events,
};

/// The most values that the lists of all rules hold together: a list that is not split stands in
/// each of its policy's rules.
const MAX_VALUES: usize = 1_000_000;

/// What is wrong with a set of too many policies, or whose lists make too much. Nothing is expanded
/// to find out.
pub(super) fn exceeded(set: &PolicySet) -> Option<Diagnostic> {
    if let Some(beyond) = set.places.get(MAX_POLICIES as usize) {
        return Some(too_many(set.policies.len(), beyond.clone()));
    }
    let sizes: Vec<Size> = set.policies.iter().map(expand::size).collect();
    let rules = |size: &Size| size.rules;
    let why = "a policy makes a rule for each combination of unequally narrow values in its lists";
    let values = |size: &Size| size.values;
    too_large(set, &sizes, rules, MAX_RULES as usize, "rules", why).or_else(|| {
        let why = "users, groups and protocols stand in each rule of their policy";
        too_large(set, &sizes, values, MAX_VALUES, "values in rules", why)
    })
}

/// The finding that `policies` are too many; `beyond` is where the first of them stands that is.
pub(super) fn too_many(policies: usize, beyond: Place) -> Diagnostic {
    let message = format!("{policies} policies are more than the limit of {MAX_POLICIES}");
    let found = Diagnostic::error(beyond, message).hinted("this is the first beyond it");
    found.with_event(events::QUOTA)
}

/// The finding that the lists make more of `what` than `limit`, if they do.
fn too_large(
    set: &PolicySet,
    sizes: &[Size],
    of: impl Fn(&Size) -> usize,
    limit: usize,
    what: &str,
    why: &str,
) -> Option<Diagnostic> {
    let all = sizes.iter().map(&of).fold(0, usize::saturating_add);
    if all <= limit {
        return None;
    }
    let (largest, count) = sizes.iter().map(of).enumerate().max_by_key(|(_, count)| *count)?;
    let name = &set.policies[largest].name;
    let message =
        format!("the lists of the policies make {all} {what}, more than the limit of {limit}");
    let most = format!("the largest policy is \"{name}\": it makes {count} of them");
    let found = Diagnostic::error(set.places[largest].clone(), message).hinted(most).hinted(why);
    Some(found.with_event(events::QUOTA))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::{Diagnostics, Text},
        policy::source::{Form, Layer},
    };

    fn read(content: String) -> Result<PolicySet, Diagnostics> {
        let texts = vec![Text::new("test", content)];
        PolicySet::of(&[Layer { name: "test".to_owned(), form: Form::File, texts }])
    }

    /// A policy that only its destination port tells from the others.
    fn policy(number: usize) -> String {
        format!("[[policy]]\nname = \"{number}\"\ndscp = 46\ndestination-port = {}\n", number + 1)
    }

    /// A policy with a rule for each combination of prefix lengths and port widths.
    fn lists(name: &str, lengths: u8, widths: u16) -> String {
        let sources: Vec<String> = (0..lengths).map(|bits| format!("\"::/{bits}\"")).collect();
        let ports: Vec<String> = (1..=widths).map(|high| format!("\"1:{high}\"")).collect();
        let (sources, ports) = (sources.join(","), ports.join(","));
        format!(
            "[[policy]]\nname = \"{name}\"\ndscp = 8\nsource = [{sources}]\nsource-port = [{ports}]\n"
        )
    }

    fn only(content: String) -> Diagnostic {
        let diagnostics = read(content).unwrap_err();
        assert_eq!(diagnostics.errors(), 1);
        diagnostics.iter().next().unwrap().clone()
    }

    #[test]
    fn ten_thousand_policies_are_the_most() {
        let most: String = (0..10_000).map(policy).collect();
        assert_eq!(read(most.clone()).unwrap().policies.len(), 10_000);
        let found = only(most + &policy(10_000));
        assert_eq!(found.message, "10001 policies are more than the limit of 10000");
        assert_eq!((found.event, found.place.line), (Some(16606), 40_001));
    }

    #[test]
    fn ten_thousand_policies_may_stand_on_one_line() {
        let policy = |number: usize| {
            format!("{{\"name\":\"{number}\",\"dscp\":46,\"destination-port\":{}}}", number + 1)
        };
        let policies: Vec<String> = (0..10_000).map(policy).collect();
        let set = read(format!("{{\"policies\":[{}]}}", policies.join(","))).unwrap();
        let longest = set.places.iter().map(|place| place.source_line.len()).max();
        assert!(longest.unwrap() < 10_000, "the line is kept for each of them");
        assert_eq!(set.places[9_999].line, 1);
    }

    #[test]
    fn as_many_rules_as_the_tables_hold_are_accepted() {
        let set = read(lists("all", 128, 128)).unwrap();
        assert_eq!(set.policies.iter().map(|one| expand::size(one).rules).sum::<usize>(), 16_384);
        assert_eq!(expand::expand(&set.policies).len(), 16_384);
    }

    #[test]
    fn a_rule_too_many_is_answered_with_the_largest_policy() {
        let found = only(policy(0) + &lists("large", 128, 128) + &lists("small", 2, 2));
        let message = "the lists of the policies make 16389 rules, more than the limit of 16384";
        assert_eq!(found.message, message);
        assert_eq!(found.hints[0], "the largest policy is \"large\": it makes 16384 of them");
        assert_eq!((found.event, found.place.line), (Some(16606), 6));
    }

    /// Rules that are few enough, each with a list that is not.
    #[test]
    fn lists_that_stand_in_every_rule_are_counted_too() {
        let with_users = |count: usize| {
            let users: Vec<String> = (0..count).map(|user| user.to_string()).collect();
            format!("{}user = [{}]\n", lists("large", 100, 100), users.join(","))
        };
        assert!(read(with_users(90)).is_ok());
        let found = only(with_users(100));
        let message = "the lists of the policies make 1020000 values in rules, more than the limit of 1000000";
        assert_eq!((found.message.as_str(), found.event), (message, Some(16606)));
    }

    /// More rules than memory could hold: they are counted, not made.
    #[test]
    fn a_list_bomb_is_refused_without_being_expanded() {
        let prefixes = |all: &str, bits: u8| {
            (0..=bits).map(|bits| format!("\"{all}/{bits}\"")).collect::<Vec<_>>().join(",")
        };
        let prefixes = format!("{},{}", prefixes("0.0.0.0", 32), prefixes("::", 128));
        let ports = (1..=1_000).map(|high| format!("\"1:{high}\"")).collect::<Vec<_>>().join(",");
        let bomb = format!(
            "[[policy]]\nname = \"bomb\"\ndscp = 8\nsource = [{prefixes}]\n\
             destination = [{prefixes}]\nsource-port = [{ports}]\ndestination-port = [{ports}]\n"
        );
        let found = only(bomb);
        // Prefixes of one length are one group, whatever their family; those of 33 bits and more
        // meet only those that are IPv6's too.
        let pairs: usize = 129 * 129;
        let message = format!(
            "the lists of the policies make {} rules, more than the limit of 16384",
            pairs * 1_000 * 1_000
        );
        assert_eq!((found.message, found.event), (message, Some(16606)));
    }
}
