//! Rates that fq keeps by the times at which TCP's packets are to leave. Where there is no fq, drops do.

use std::{thread, time::Instant};

use nix::sys::signal::Signal;
use qos_tests::{
    kernel,
    loader::Loader,
    netns::{FAR_V4, FAR_V6, Lab, NEAR, NEAR_V4, SINK_V4, ip},
    tc,
};

use super::{
    BURST, LENGTH, arrived_at, expected,
    htb::{assert_even, hooks, shapers},
    rate::{self, MBPS, assert_rate, measure, of_tcp},
    send,
};
use crate::scene::Scene;

const SLOW: &str = "[[policy]]\nname = \"slow\"\ndestination-port = 5000\nthrottle = \"1 MBps\"\n";

fn asked(policies: &str) -> String {
    format!("[settings]\nshaper = \"edt\"\n{policies}")
}

/// A lab with fq on the near side; none where the kernel has no fq.
fn with_fq() -> Option<Lab> {
    if kernel::is_built_without("CONFIG_NET_SCH_FQ") {
        kernel::skipped("there is no fq (CONFIG_NET_SCH_FQ)");
        return None;
    }
    let lab = Lab::new();
    tc::tc(&format!("qdisc add dev {NEAR} root handle 7: fq"));
    Some(lab)
}

/// What `status` says of the only interface: the shaper and why.
fn said() -> [String; 2] {
    let found = shapers();
    let [[_, name, reason]] = found.as_slice() else { panic!("{found:?}") };
    [name.clone(), reason.clone()]
}

/// At a rate whose burst would be a good part of what arrives: two seconds of it for one connection, less
/// for several, for TCP waits longer than that when its packets took two seconds and one is dropped.
fn check_tcp(address: &str, flows: u32) {
    let Some(lab) = with_fq() else { return };
    let scene = Scene::in_lab(lab, &SLOW.replace("1 MBps", &format!("{} KBps", 64 * flows)));
    assert_eq!(said(), ["edt", "the root qdisc is fq"]);
    let (bytes, time) = of_tcp(&scene, address, flows as usize);
    assert_even(bytes, MBPS / 16 * u64::from(flows), time, 70_000);
    assert_eq!(hooks(), serde_json::json!([]), "sockets are paced");
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
    assert_eq!(tc::root(NEAR), ("fq".to_owned(), "7:".to_owned()));
}

#[test]
fn of_a_connection() {
    check_tcp(FAR_V4, 1);
}

#[test]
fn of_four_connections_together() {
    check_tcp(FAR_V6, 4);
}

/// What is dropped is dropped before fq, which lets few packets wait.
#[test]
fn of_twice_as_many_datagrams_beside_others() {
    let Some(lab) = with_fq() else { return };
    let scene = Scene::in_lab(lab, &asked(SLOW));
    assert_eq!(said(), ["edt", "the settings ask for it"]);
    thread::scope(|scope| {
        let since = Instant::now();
        for port in [5000, 6000] {
            scope.spawn(move || rate::send(SINK_V4, port, 2 * MBPS, since));
        }
        let ([slow, free], time) = measure(&scene.capture, since, [5000, 6000]);
        assert_rate(slow, MBPS, time);
        assert!(free > slow * 14 / 10, "{free} bytes beside {slow}");
    });
}

/// All queues must have it, and the kernel's own root counts as well as another.
#[test]
fn below_mq_too() {
    if with_fq().is_none() {
        return;
    }
    let _lab = Lab::new();
    ip("link add many0 numtxqueues 2 type veth peer name end0
        link set many0 up");
    tc::tc("qdisc add dev many0 root handle 8: mq");
    tc::tc("qdisc add dev many0 parent 8:1 fq");
    let loader = Loader::run("many0", SLOW);
    assert_eq!(said()[0], "gcra");
    tc::tc("qdisc add dev many0 parent 8:2 fq");
    loader.replace(&asked(SLOW));
    assert_eq!(said(), ["edt", "the settings ask for it"]);
    loader.replace(SLOW);
    assert_eq!(said(), ["edt", "the root qdisc is mq with fq for all queues"]);
    // HTB would have to take the place of what somebody put there.
    loader.replace(&asked(SLOW).replace("edt", "htb"));
    assert_eq!(said()[0], "gcra");
}

#[test]
fn where_there_is_no_fq_drops_keep_the_rate() {
    let slow = SLOW.replace("1 MBps", "8 kbit");
    let scene = Scene::with(&asked(&slow));
    scene.loader.wait_for_log("gcra keeps the rates");
    assert_eq!(said(), ["gcra", "edt needs fq, and the root qdisc is noqueue"]);
    let since = Instant::now();
    send(NEAR_V4, SINK_V4, 5000, LENGTH, 300);
    let [slow_ones] = arrived_at(&scene.capture, [5000]);
    assert!(expected(BURST, since).contains(&slow_ones), "{slow_ones} packets");
    scene.loader.replace(&slow);
    let reason = "edt needs fq, and the root qdisc is noqueue; htb, which would take its place, is for \
                  who asks for it";
    assert_eq!(said(), ["gcra", reason]);
    assert_eq!(tc::root(NEAR).0, "noqueue");
}
