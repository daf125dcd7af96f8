//! The qdisc comes with the rates and goes with them, and no other is replaced.

use std::process::Command;

use nix::sys::signal::Signal;
use qos_tests::{
    loader::Loader,
    netns::{Lab, NEAR, NEAR_V4, SINK_V4, ip},
    tc,
};

use super::{
    super::{BURST, LENGTH, arrived_at, expected, send},
    SLOW, shapers,
};
use crate::scene::Scene;

/// A root qdisc of the loader's.
fn ours() -> (String, String) {
    ("htb".to_owned(), "5153:".to_owned())
}

/// The kernel's own.
fn default() -> (String, String) {
    ("noqueue".to_owned(), "0:".to_owned())
}

fn class(number: u32, rate: &str) -> (String, String) {
    (format!("5153:{number}"), rate.to_owned())
}

fn says(shaper: &str, reason: &str) {
    let found = shapers();
    let [[interface, name, why]] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((interface.as_str(), name.as_str(), why.as_str()), (NEAR, shaper, reason));
}

#[test]
fn follows_the_policies_and_ends_with_them() {
    const OTHER: &str =
        "[[policy]]\nname = \"other\"\ndestination-port = 6000\nthrottle = \"8 mbit\"\n";
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, SLOW);
    assert_eq!((tc::root(NEAR), tc::classes(NEAR)), (ours(), vec![class(1, "8388Kbit")]));
    says("htb", "the settings ask for it");
    loader.replace(&[SLOW, OTHER].concat().replace("1 MBps", "2 MBps"));
    assert_eq!(tc::classes(NEAR), [class(1, "16777Kbit"), class(2, "8Mbit")]);
    loader.replace(&format!("[settings]\nshaper = \"htb\"\n{OTHER}"));
    assert_eq!((tc::root(NEAR), tc::classes(NEAR)), (ours(), vec![class(2, "8Mbit")]));
    // A set that is refused changes nothing.
    loader.reload("[[policy]]\nname = \"broken\"\n");
    loader.wait_for_log("event=16700");
    assert_eq!((tc::root(NEAR), tc::classes(NEAR)), (ours(), vec![class(2, "8Mbit")]));
    loader.replace("[settings]\nshaper = \"htb\"\n");
    assert_eq!((tc::root(NEAR), shapers().len()), (default(), 0));
    loader.replace(SLOW);
    loader.replace(&SLOW.replace("\"htb\"", "\"gcra\""));
    assert_eq!(tc::root(NEAR), default());
    says("gcra", "the settings ask for it");
    loader.replace(SLOW);
    assert_eq!(tc::root(NEAR), ours());
    assert!(loader.end(Signal::SIGTERM).status.success());
    assert_eq!(tc::root(NEAR), default());
}

/// What somebody put there stays, and the rate is kept without it.
#[test]
fn of_an_administrator_stays() {
    let lab = Lab::new();
    tc::tc(&format!("qdisc add dev {NEAR} root handle 7: pfifo limit 500"));
    let before = tc::tc("qdisc show");
    let scene = Scene::in_lab(lab, &SLOW.replace("1 MBps", "8 kbit"));
    scene.loader.wait_for_log("gcra keeps the rates");
    says("gcra", "the root qdisc is pfifo, which is not the kernel's own and so stays");
    let since = std::time::Instant::now();
    send(NEAR_V4, SINK_V4, 5000, LENGTH, 300);
    let [slow] = arrived_at(&scene.capture, [5000]);
    assert!(expected(BURST, since).contains(&slow), "{slow} packets");
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
    assert_eq!(tc::tc("qdisc show"), before);
}

/// So does what comes in the place of the loader's.
#[test]
fn that_takes_its_place_stays() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, SLOW);
    tc::tc(&format!("qdisc replace dev {NEAR} root handle 7: pfifo limit 500"));
    loader.replace(&SLOW.replace("1 MBps", "2 MBps"));
    says("gcra", "the root qdisc is pfifo, which is not the kernel's own and so stays");
    assert!(loader.end(Signal::SIGTERM).status.success());
    assert_eq!(tc::root(NEAR), ("pfifo".to_owned(), "7:".to_owned()));
}

#[test]
fn comes_with_an_interface_that_appears_later() {
    let _lab = Lab::new();
    let loader = Loader::run_with(&["-i", "late*"], SLOW);
    ip("link add late0 type veth peer name end0");
    loader.wait_for_log("attached to late0");
    assert_eq!((tc::root("late0"), tc::root("end0").1), (ours(), String::new()));
    ip("link set late0 up
        link set end0 up");
    assert_eq!((tc::root("late0"), tc::root("end0")), (ours(), default()));
    // With it, it goes.
    ip("link delete late0");
    loader.wait_for_log("is gone");
    assert!(loader.end(Signal::SIGTERM).status.success());
}

/// The next loader on the interface takes it away, whatever it does itself.
#[test]
fn of_a_loader_that_was_killed_is_removed_by_the_next() {
    let _lab = Lab::new();
    for next in ["[[policy]]\nname = \"mark\"\ndscp = 8\n", &SLOW.replace("1 MBps", "2 MBps")] {
        Loader::run(NEAR, SLOW).end(Signal::SIGKILL);
        assert_eq!((tc::root(NEAR), tc::classes(NEAR)), (ours(), vec![class(1, "8388Kbit")]));
        let loader = Loader::run(NEAR, next);
        loader.wait_for_log("removing the qdisc of a loader that was killed");
        let expected = if next.contains("htb") {
            (ours(), vec![class(1, "16777Kbit")])
        } else {
            (default(), vec![])
        };
        assert_eq!((tc::root(NEAR), tc::classes(NEAR)), expected);
        assert!(loader.end(Signal::SIGTERM).status.success());
        assert_eq!(tc::root(NEAR), default());
    }
}

/// By hand it goes as any other, and the loader does not mind.
#[test]
fn may_be_removed_by_hand() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, SLOW);
    let mut command = Command::new("tc");
    let removed = command.args(["qdisc", "delete", "dev", NEAR, "root"]).status().unwrap();
    assert!(removed.success());
    assert_eq!(tc::root(NEAR), default());
    loader.replace(&SLOW.replace("1 MBps", "2 MBps"));
    assert_eq!((tc::root(NEAR), tc::classes(NEAR)), (ours(), vec![class(1, "16777Kbit")]));
}
