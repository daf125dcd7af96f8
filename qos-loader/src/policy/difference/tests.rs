//! Differences between two files; expected are the texts that people would write down.

use serde_json::json;

use super::*;
use crate::policy::resolve::ThisMachine;
use crate::{
    diagnostic::Text,
    policy::source::{Form, Layer},
};

/// The set of layers with one file each, the lowest first.
fn set(layers: &[&str]) -> PolicySet {
    let layer = |(number, text): (usize, &&str)| Layer {
        name: number.to_string(),
        form: Form::File,
        texts: vec![Text::new("file.toml", (*text).to_owned())],
    };
    PolicySet::of(&layers.iter().enumerate().map(layer).collect::<Vec<_>>()).unwrap()
}

fn between(before: &[&str], after: &[&str]) -> Difference {
    Difference::between(&SetDocument::of(&set(before)), &set(after), &ThisMachine::new())
}

fn policy(name: &str, keys: &str) -> String {
    format!("[[policy]]\nname = \"{name}\"\n{keys}\n")
}

fn names(policies: &[Map<String, Value>]) -> Vec<&str> {
    policies.iter().map(name).collect()
}

fn turned(difference: &Difference) -> Vec<(&str, &str)> {
    difference.turned.iter().map(|(winner, loser)| (winner.as_str(), loser.as_str())).collect()
}

#[test]
fn policies_come_go_and_stay() {
    let [old, stays, new] = ["old", "stays", "new"].map(|name| policy(name, "dscp = 1"));
    let difference = between(&[&(old + &stays)], &[&(stays + &new)]);
    assert_eq!((names(&difference.added), names(&difference.removed)), (vec!["new"], vec!["old"]));
    assert_eq!((difference.changed.len(), difference.unchanged), (0, 1));
    assert!(!difference.is_empty());
}

#[test]
fn a_policy_with_another_name_is_another_policy() {
    let difference = between(&[&policy("a", "dscp = 1")], &[&policy("A", "dscp = 1")]);
    assert_eq!((names(&difference.added), names(&difference.removed)), (vec!["A"], vec!["a"]));
}

#[test]
fn a_policy_changes_key_by_key() {
    let before = "dscp = 8\ndestination-port = [443, 8443]\nprotocol = \"tcp\"\nuser = \"root\"";
    let after = "dscp = 10\nkeep-marked = true\nthrottle = \"1 mbit\"\nprotocol = \"tcp\"\n\
                 source-port = 5060\nuser = 0";
    let difference = between(&[&policy("p", before)], &[&policy("p", after)]);
    let [(name, keys)] = difference.changed.as_slice() else { panic!("{difference:?}") };
    let dscp = |value, name, tos| json!({ "value": value, "name": name, "tos": tos });
    let expected = [
        ("dscp", dscp(8, "CS1", 32), dscp(10, "AF11", 40)),
        ("throttle", json!(null), json!("1 mbit")),
        ("keep-marked", json!(null), json!(true)),
        ("user", json!("root"), json!(0)),
        ("source-port", json!(null), json!(5060)),
        ("destination-port", json!([443, 8443]), json!(null)),
    ];
    let found = keys.iter().map(|(key, change)| {
        let [from, to] = [&change.from, &change.to].map(|value| json!(value));
        (*key, from, to)
    });
    assert_eq!(name, "p");
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert_eq!(difference.unchanged, 0);
}

/// Each condition, and each value in the middle of a list.
#[test]
fn no_key_is_overlooked() {
    for (key, before, after) in [
        ("user", "[1, 2]", "[1, 3]"),
        ("group", "[1, 2]", "[1, 2, 3]"),
        ("application", "\"ssh\"", "\"sshd\""),
        ("cgroup", "\"/a\"", "\"/b\""),
        ("source", "\"10.0.0.0/8\"", "\"10.0.0.0/9\""),
        ("destination", "\"2001:db8::1\"", "\"2001:db8::2\""),
        ("destination-host", "\"example.com\"", "\"*.example.com\""),
        ("source-port", "\"1:2\"", "\"1:3\""),
        ("destination-port", "80", "81"),
        ("protocol", "\"tcp\"", "\"udp\""),
        ("url", "\"http://example.com/a\"", "\"http://example.com/b\""),
        ("throttle", "\"1 kbit\"", "\"1 KBps\""),
        ("keep-marked", "true", "false"),
        ("dscp", "0", "1"),
    ] {
        let rest = if key == "dscp" { "" } else { "dscp = 5\n" };
        let [before, after] =
            [before, after].map(|value| policy("p", &format!("{rest}{key} = {value}")));
        let difference = between(&[&before], &[&after]);
        let [(_, keys)] = difference.changed.as_slice() else { panic!("{key}: {difference:?}") };
        assert_eq!(keys.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key]);
    }
    let url = "dscp = 5\nurl = \"http://example.com/a\"\n";
    let [before, after] =
        ["", "subdirectories = false"].map(|key| policy("p", &(url.to_owned() + key)));
    assert_eq!(between(&[&before], &[&after]).changed[0].1[0].0, "subdirectories");
}

#[test]
fn settings_change_key_by_key() {
    let before = "[settings]\ninterfaces = [\"eth0\", \"eth1\"]\napp-marking = \"allow\"\n";
    let after = "[settings]\ninterfaces = [\"eth1\", \"eth0\"]\ninbound-throughput-level = 2\n";
    let difference = between(&[before], &[after]);
    let change = |from, to| Change { from, to };
    assert_eq!(
        difference.settings,
        [
            ("app-marking", change(Some(json!("allow")), None)),
            ("inbound-throughput-level", change(None, Some(json!(2)))),
        ]
    );
    assert!(!difference.is_empty());
}

/// What changes nothing for any packet.
#[test]
fn places_and_spellings_are_no_change() {
    let [web, mail] = [80, 25].map(|port| format!("dscp = \"EF\"\ndestination-port = {port}"));
    let (web, mail) = (policy("web", &web), policy("mail", &mail));
    let both = format!("{web}{mail}");
    let respelt = policy("web", "destination-port = [80]\ndscp = 46") + &mail;
    for other in [
        format!("# a comment\n\n{both}"),
        respelt,
        // Both have the same rank, but no packet matches both.
        format!("{mail}{web}"),
    ] {
        let difference = between(&[&both], &[&other]);
        assert!(difference.is_empty(), "{other}: {difference:?}");
        assert_eq!(difference.unchanged, 2);
    }
    assert!(between(&[&web, &mail], &[&both]).is_empty());
    let [some, turned] = ["80, 443", "443, 80"]
        .map(|ports| policy("p", &format!("dscp = 1\nsource-port = [{ports}]")));
    assert!(between(&[&some], &[&turned]).is_empty());
}

#[test]
fn the_order_of_policies_that_only_their_place_decides_between_is_a_change() {
    let [a, b, c] = [("a", 80), ("b", 80), ("c", 25)]
        .map(|(name, port)| policy(name, &format!("dscp = 1\ndestination-port = {port}")));
    let first = format!("{a}{b}{c}");
    for (after, expected) in [
        (vec![format!("{b}{a}{c}")], vec![("b", "a")]),
        // `c` goes first, and nothing meets it.
        (vec![format!("{c}{a}{b}")], vec![]),
        // The higher layer wins.
        (vec![format!("{a}{c}"), b.clone()], vec![("b", "a")]),
        (vec![format!("{b}{c}"), a], vec![]),
    ] {
        let layers: Vec<&str> = after.iter().map(String::as_str).collect();
        let difference = between(&[&first], &layers);
        assert_eq!(turned(&difference), expected, "{after:?}");
        assert_eq!(difference.is_empty(), expected.is_empty());
        assert_eq!((difference.unchanged, difference.changed.len()), (3, 0));
    }
}

/// A policy's best rule says nothing of its others: these meet in the second one.
#[test]
fn an_order_that_only_worse_rules_show_is_a_change_too() {
    let [a, b] = [("a", "192.0.2.1"), ("b", "192.0.2.0/28")].map(|(name, narrow)| {
        policy(name, &format!("dscp = 1\ndestination = [\"{narrow}\", \"10.0.0.0/8\"]"))
    });
    let difference = between(&[&format!("{a}{b}")], &[&format!("{b}{a}")]);
    assert_eq!(turned(&difference), [("b", "a")]);
}

#[test]
fn nothing_differs_from_itself_or_from_nothing() {
    let text = policy("p", "dscp = 1");
    assert!(between(&[&text], &[&text]).is_empty());
    assert!(between(&[""], &[]).is_empty());
    let all = Difference::between(&SetDocument::default(), &set(&[&text]), &ThisMachine::new());
    assert_eq!((names(&all.added), all.unchanged), (vec!["p"], 0));
}

#[test]
fn a_name_and_a_number_of_one_user_are_one_condition() {
    let [one, other] =
        [policy("a", "dscp = 1\nuser = \"root\""), policy("b", "dscp = 2\nuser = 0")];
    let difference = between(&[&(one.clone() + &other)], &[&(other + &one)]);
    assert_eq!(turned(&difference), [("b", "a")]);
}
