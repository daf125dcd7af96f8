//! What asks the loader to stop has it take away all that it made.

use nix::sys::signal::Signal;
use qos_tests::tc;

use super::{marks, ours, policy, scene};
use crate::{
    lifecycle::kernel::{assert_gone, attached_by_tcx, pins},
    scene::Scene,
};
use qos_tests::netns::{Lab, NEAR};

#[test]
fn a_signal_that_asks_leaves_no_filter_and_no_qdisc() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let before = pins();
        let Scene { loader, capture, lab: _lab } = scene(&policy(5000, 46));
        assert_eq!(marks(&capture, 5000), [46; 2]);
        assert_eq!(marks(&capture, 5001), [0; 2]);
        loader.replace(&policy(5000, 20));
        assert_eq!(marks(&capture, 5000), [20; 2]);
        assert_eq!(attached_by_tcx(NEAR), [0; 0], "the kernel's TCX was not hidden");
        let filters = ours();
        assert_eq!(filters.len(), 1);
        let programs: Vec<u32> =
            filters.into_iter().filter_map(|filter| filter.program).map(|(_, id)| id).collect();

        let ended = loader.end(signal);
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        assert_eq!(tc::filters(NEAR), []);
        assert_eq!(tc::qdisc(NEAR), None);
        assert_eq!(marks(&capture, 5000), [0; 2]);
        assert_eq!(pins(), before);
        assert_gone(&programs);
    }
}

/// What fails after attaching to one of the interfaces undoes that.
#[test]
fn an_ingress_qdisc_is_named_and_nothing_is_changed() {
    let _lab = Lab::new();
    tc::tc("qdisc add dev lo ingress");
    let loader =
        qos_tests::loader::Loader::start_by(super::command(), &["-i", "*"], &policy(5000, 46));
    let ended = loader.wait();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let log = ended.log.join("\n");
    assert!(log.contains("lo has the qdisc ingress, which excludes clsact"), "{log}");
    assert!(log.contains("tc qdisc del dev lo ingress"), "{log}");
    assert_eq!(tc::qdisc("lo").as_deref(), Some("ingress"));
    assert_eq!(tc::qdisc(NEAR), None);
}

#[test]
fn the_demo_marks_every_flow() {
    let output = super::command().args(["demo", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let flows = report["flows"].as_array().unwrap();
    assert!(flows.len() >= 10, "{flows:#?}");
    assert!(flows.iter().all(|flow| flow["right"] == true), "{flows:#?}");
}
