//! Several interfaces, and several loaders.

use std::time::Instant;

use nix::sys::signal::Signal;
use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR, NEAR_V4, SINK_V4, ip},
    tc,
};
use serde_json::Value;

use super::{
    super::{BURST, LENGTH, expected, send},
    SLOW, shapers,
};

/// What the classes get is what the program lets through, which is one rate for all.
#[test]
fn two_interfaces_have_one_rate_together() {
    let _lab = Lab::new();
    ip("link add other0 type veth peer name end0
        link set end0 up
        link set other0 up
        address add 10.79.0.1/16 dev other0
        neighbour add 10.79.0.2 lladdr 02:00:00:00:00:09 dev other0 nud permanent");
    let slow = SLOW.replace("1 MBps", "8 kbit");
    let _loader = Loader::run_with(&["-i", NEAR, "-i", "other0"], &slow);
    assert_eq!([NEAR, "other0"].map(|one| tc::root(one).0), ["htb"; 2]);
    let since = Instant::now();
    for _round in 0..20 {
        send(NEAR_V4, SINK_V4, 5000, LENGTH, 10);
        send("10.79.0.1", "10.79.0.2", 5000, LENGTH, 10);
    }
    let output = loader::command().args(["stats", "--json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |key: &str| document["policies"][0][key].as_u64().unwrap();
    assert_eq!(number("packets") + number("dropped"), 400);
    assert!(expected(BURST, since).contains(&number("packets")), "{document:#}");
    assert_eq!(document["policies"][0]["shaper"], "htb");
}

/// The first that comes has it, and the other one leaves it alone.
#[test]
fn of_two_loaders_one_has_the_qdisc() {
    let _lab = Lab::new();
    let first = Loader::run(NEAR, SLOW);
    let second = Loader::run(NEAR, &SLOW.replace("1 MBps", "2 MBps"));
    let mut said: Vec<[String; 2]> =
        shapers().into_iter().map(|[_, name, reason]| [name, reason]).collect();
    said.sort();
    let expected =
        [["gcra", "the root qdisc is another loader's"], ["htb", "the settings ask for it"]];
    assert_eq!(said, expected);
    assert!(second.end(Signal::SIGTERM).status.success());
    assert_eq!(tc::classes(NEAR), [("5153:1".to_owned(), "8388Kbit".to_owned())]);
    assert!(first.end(Signal::SIGTERM).status.success());
    assert_eq!(tc::root(NEAR).0, "noqueue");
}
