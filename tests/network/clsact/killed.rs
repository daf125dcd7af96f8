//! The filter of a loader that was killed stays, and marks by the set that was in force. The next
//! loader takes its place.

use std::{
    net::UdpSocket,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use nix::sys::signal::Signal;
use qos_tests::{
    capture::{Capture, Counter},
    loader::Loader,
    netns::{FAR, Lab, NEAR, NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
    tc::{self, Filter, Monitor},
};

use super::{marks, ours, policy, run};

fn number(filter: &Filter) -> u32 {
    filter.program.as_ref().unwrap().1
}

/// A loader that is gone, and its filter is not.
fn killed(policies: &str) {
    run(policies).end(Signal::SIGKILL);
}

#[test]
fn its_place_is_taken_and_everything_removed_in_the_end() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    killed(&policy(5000, 46));
    let [stale] = ours().try_into().unwrap();
    assert_eq!(marks(&capture, 5000), [46; 2], "nothing changes when it is killed");

    let loader = run(&policy(5001, 20));
    loader.wait_for_log("taking the place of a filter on near0 whose loader was killed");
    let [new] = ours().try_into().unwrap();
    assert_ne!(number(&new), number(&stale));
    assert_eq!(new.priority, stale.priority);
    assert_eq!([5000, 5001].map(|port| marks(&capture, port)), [[0; 2], [20; 2]]);

    assert_eq!(loader.end(Signal::SIGTERM).status.code(), Some(0));
    assert_eq!(tc::filters(NEAR), []);
    assert_eq!(tc::qdisc(NEAR), None, "the qdisc that the first one made");
}

/// Between two steps a packet would see both filters, or none.
#[test]
fn its_place_is_taken_in_one_step() {
    let _lab = Lab::new();
    killed(&policy(5000, 46));
    let mut monitor = Monitor::start();
    let loader = run(&policy(5000, 20));
    let events = monitor.events();
    assert_eq!(events.len(), 1, "{events:#?}");
    let [new] = ours().try_into().unwrap();
    let (name, _) = new.program.unwrap();
    assert!(events[0].contains(&name) && !events[0].contains("deleted"), "{events:#?}");
    drop(loader);
}

/// Sends until it is told to stop; returns how much.
fn send(socket: &UdpSocket, stop: &AtomicBool) -> u64 {
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        // The queue may be full.
        sent += u64::from(socket.send(b"x").is_ok());
    }
    sent
}

/// Both sets mark what is sent meanwhile, each in its own way.
#[test]
fn no_packet_is_unmarked_in_between() {
    let lab = Lab::new();
    killed(&policy(5000, 46));
    let [old, new, unmarked] = [46, 20, 0].map(|mark| lab.in_far(|| Counter::of_marked(FAR, mark)));
    let socket = udp(NEAR_V4, 0);
    socket.connect(endpoint(SINK_V4, 5000)).unwrap();
    lab.without_ipv6();
    unmarked.count();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let sender = scope.spawn(|| send(&socket, &stop));
        let loader = run(&policy(5000, 20));
        stop.store(true, Ordering::Relaxed);
        assert!(sender.join().unwrap() > 0);
        socket.send(b"x").unwrap();
        drop(loader);
    });
    assert!(old.count() > 0 && new.count() > 0, "nothing was sent before, or nothing since");
    assert_eq!(unmarked.count(), 0, "packets without a mark");
}

/// One that lives is left alone, one that does not goes, and so does the qdisc with the last.
#[test]
fn of_several_only_those_that_were_killed_go() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let first = run(&policy(5000, 10));
    let live = run(&policy(5001, 46));
    first.end(Signal::SIGKILL);
    // It takes the place of the first.
    let next = run(&policy(5002, 20));
    assert_eq!(ours().len(), 2);
    let all = |capture: &Capture| [5000, 5001, 5002].map(|port| marks(capture, port)[0]);
    assert_eq!(all(&capture), [0, 46, 20]);

    assert_eq!(next.end(Signal::SIGTERM).status.code(), Some(0));
    assert_eq!(all(&capture), [0, 46, 0]);
    assert_eq!(tc::qdisc(NEAR).as_deref(), Some("clsact"));
    live.end(Signal::SIGTERM);
    assert_eq!(tc::qdisc(NEAR), None);
}

#[test]
fn several_that_were_killed_leave_one_place() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loaders = [5000, 5001].map(|port| run(&policy(port, 46)));
    for loader in loaders {
        loader.end(Signal::SIGKILL);
    }
    assert_eq!(ours().len(), 2);
    let loader = run(&policy(5002, 20));
    assert_eq!(ours().len(), 1);
    assert_eq!([5000, 5001, 5002].map(|port| marks(&capture, port)[0]), [0, 0, 20]);
    drop(loader);
}

/// A loader in another network namespace says nothing about this one.
#[test]
fn a_name_that_lives_elsewhere_does_not_count() {
    let lab = Lab::new();
    killed(&policy(5000, 46));
    let elsewhere = lab.in_far(|| Loader::start_by(super::command(), &["-i", FAR], ""));
    elsewhere.wait_until_ready();
    let loader = run(&policy(5000, 20));
    assert_eq!(ours().len(), 1);
    drop(loader);
}
