//! Other people's qdisc and filters: they stay as they are, and go on working.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    netns::{FAR, Lab, NEAR},
    tc::{self, tc},
};

use super::{marks, ours, policy, run};

/// Takes every packet, and ends what filters do with it.
const TAKES_ALL: &str = "match u32 0 0 flowid 1:1";

/// All that `tc` shows of the interface, but for numbers that count.
fn shown() -> String {
    ["qdisc", "filter", "filter ingress", "filter egress"]
        .map(|what| {
            let (object, direction) = what.split_once(' ').unwrap_or((what, ""));
            tc(&format!("{object} show dev {NEAR} {direction}"))
        })
        .concat()
}

/// Those that the kernel numbers come behind ours, which sees every packet.
#[test]
fn are_kept_and_ours_goes_before_them() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    tc(&format!("qdisc add dev {NEAR} clsact"));
    for direction in ["egress", "ingress"] {
        tc(&format!("filter add dev {NEAR} {direction} protocol all u32 {TAKES_ALL}"));
    }
    tc(&format!("filter add dev {NEAR} egress protocol ip prio 7 u32 {TAKES_ALL}"));
    let before = shown();
    let loader = run(&policy(5000, 46));
    assert_eq!(marks(&capture, 5000), [46; 2]);
    let kinds: Vec<(u64, String)> =
        tc::filters(NEAR).into_iter().map(|filter| (filter.priority, filter.kind)).collect();
    assert_eq!(kinds.first(), Some(&(2, "bpf".to_owned())), "{kinds:?}");
    // One more that the kernel numbers does not come before it.
    tc(&format!("filter add dev {NEAR} egress protocol ipv6 u32 {TAKES_ALL}"));
    assert_eq!(marks(&capture, 5000), [46; 2]);
    tc(&format!("filter del dev {NEAR} egress protocol ipv6 prio 49151"));
    loader.end(Signal::SIGTERM);
    assert_eq!(shown(), before);
    assert_eq!(marks(&capture, 5000), [0; 2]);
}

#[test]
fn a_qdisc_without_filters_is_kept_too() {
    let _lab = Lab::new();
    tc(&format!("qdisc add dev {NEAR} clsact"));
    run(&policy(5000, 46)).end(Signal::SIGTERM);
    assert_eq!(tc::qdisc(NEAR).as_deref(), Some("clsact"));
}

/// The qdisc is ours, and somebody uses it.
#[test]
fn a_filter_that_was_added_keeps_the_qdisc() {
    for direction in ["egress", "ingress"] {
        let _lab = Lab::new();
        let loader = run(&policy(5000, 46));
        tc(&format!("filter add dev {NEAR} {direction} protocol all u32 {TAKES_ALL}"));
        let before = tc(&format!("filter show dev {NEAR} {direction}"));
        loader.end(Signal::SIGTERM);
        assert_eq!(ours(), []);
        let after = tc(&format!("filter show dev {NEAR} {direction}"));
        assert!(before.ends_with(&after) && after.contains("u32"), "{before}\n{after}");
    }
}

#[test]
fn where_the_first_place_is_taken_ours_is_behind_and_says_so() {
    for (taken, priority) in [(&[1][..], 2), (&[1, 2, 3], 4), (&[2], 1), (&[3], 2)] {
        let _lab = Lab::new();
        tc(&format!("qdisc add dev {NEAR} clsact"));
        for priority in taken {
            let filter = format!("dev {NEAR} egress protocol ip prio {priority} u32 {TAKES_ALL}");
            tc(&format!("filter add {filter}"));
        }
        let loader = run(&policy(5000, 46));
        let [ours] = ours().try_into().unwrap();
        assert_eq!(ours.priority, priority, "{taken:?}");
        let log = loader.end(Signal::SIGTERM).log.join("\n");
        let warned = log.contains("near0: what a tc filter of a priority before");
        assert_eq!(warned, taken[0] < priority, "{taken:?}: {log}");
    }
}
