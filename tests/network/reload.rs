//! Policies are replaced under traffic, more than a hundred times. Every packet has the mark that
//! its flow has in the set before or in the set after: none is unmarked, and none has one that only
//! a mixture of sets gives.

mod datagrams;
mod flows;
mod full_speed;
mod tally;
mod traffic;

use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, Lab, NEAR},
    repeated,
};

use flows::{FLOWS, SETS, policies};
use tally::Tally;
use traffic::Traffic;

const RELOADS: u32 = 120;

#[test]
fn under_traffic_no_packet_is_unmarked_or_marked_by_a_mixture() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(NEAR, &policies(0));
    let tally = Tally::start(capture);
    let traffic = Traffic::start(&lab);
    for set in 1..=u64::from(repeated(RELOADS)) {
        traffic.wait_for_two_rounds();
        // The event comes when the kernel has waited for the packets that saw the old set.
        loader.replace(&policies(set));
        traffic.confirm(set);
    }
    traffic.wait_for_two_rounds();
    let sent = traffic.stop();
    let (tally, faults) = tally.finish(&sent);
    let some = faults.iter().take(3).collect::<Vec<_>>();
    assert!(faults.is_empty(), "{} packets, such as {some:#?}", faults.len());
    for flow in FLOWS {
        let seen: Vec<u64> = (0..SETS).map(|set| tally[&(flow.number, set)]).collect();
        assert!(seen.iter().all(|count| *count > 0), "{flow:?} was never in a set: {seen:?}");
    }
}
