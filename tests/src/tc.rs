//! Traffic control as its own program sees it, in the thread's network namespace.

mod monitor;

use std::process::Command;

use serde_json::Value;

pub use monitor::Monitor;

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The lower, the earlier.
    pub priority: u64,
    /// `bpf`, `u32` ...
    pub kind: String,
    /// Its name and the number of its program, if it is one.
    pub program: Option<(String, u32)>,
}

/// Runs `tc` with these arguments, and returns what it prints.
pub fn tc(arguments: &str) -> String {
    let mut command = Command::new("tc");
    let output = command.args(arguments.split_ascii_whitespace()).output();
    let output = output.expect("there is no program `tc` (package iproute2)");
    assert!(output.status.success(), "tc {arguments}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The filters of an interface for what leaves, in their order.
pub fn filters(interface: &str) -> Vec<Filter> {
    let listed = tc(&format!("-json filter show dev {interface} egress"));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let filters = listed.as_array().unwrap().iter();
    // Each kind has an entry of its own before its filters.
    let filters = filters.filter(|entry| entry.get("options").is_some());
    filters
        .map(|entry| {
            let options = &entry["options"];
            let name = options["bpf_name"].as_str();
            let number = options["prog"]["id"].as_u64();
            Filter {
                priority: entry["pref"].as_u64().unwrap(),
                kind: entry["kind"].as_str().unwrap().to_owned(),
                program: name
                    .zip(number)
                    .map(|(name, number)| (name.to_owned(), number.try_into().unwrap())),
            }
        })
        .collect()
}

/// The kind and the handle of an interface's root qdisc; a handle of 0 is the kernel's own.
pub fn root(interface: &str) -> (String, String) {
    let listed = tc(&format!("-json qdisc show dev {interface} root"));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let text = |key: &str| listed[0][key].as_str().unwrap_or_default().to_owned();
    (text("kind"), text("handle"))
}

/// The classes of an interface, each with its handle and its rate as `tc` writes it.
pub fn classes(interface: &str) -> Vec<(String, String)> {
    let listed = tc(&format!("class show dev {interface}"));
    let behind = |line: &str, word: &str| {
        let mut words = line.split_ascii_whitespace().skip_while(|one| *one != word);
        words.nth(1).unwrap_or_else(|| panic!("no {word} in {line}")).to_owned()
    };
    let mut classes: Vec<(String, String)> =
        listed.lines().map(|line| (behind(line, "htb"), behind(line, "rate"))).collect();
    classes.sort();
    classes
}

/// The qdisc of an interface that has filters, `clsact` or `ingress`, if there is one.
pub fn qdisc(interface: &str) -> Option<String> {
    let listed = tc(&format!("-json qdisc show dev {interface}"));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let mut qdiscs = listed.as_array().unwrap().iter();
    let found = qdiscs.find(|qdisc| qdisc["handle"] == "ffff:")?;
    Some(found["kind"].as_str().unwrap().to_owned())
}
