//! However the loader ends, none of its hooks stays, neither at the root of all cgroups nor
//! anywhere else.

use std::collections::BTreeSet;

use nix::sys::signal::Signal;
use qos_tests::{
    kernel::{cgroup, has_tcx},
    sender::endpoint,
};

use super::{
    flow::{V4, next_port},
    held,
    policies::{application, policy},
    program::{Folder, Program},
};
use crate::{scene::Scene, sender::cgroup::mount};

fn end_by(signal: Signal) {
    let folder = Folder::new();
    let policies = [application("snd", 46), policy("group", 1, 10), policy("cgroup", "/no", 20)];
    let Scene { loader, capture, lab } = Scene::with(&policies.concat());
    let program = Program::start(folder.copy("snd"));
    let there = endpoint(V4.sink, next_port());
    program.step(format_args!("udp 10 {}", endpoint(V4.near, 0)));
    program.step(format_args!("connect 10 {there}"));
    let mark = || {
        program.step("send 10 x");
        capture.to_port(there.port(), 1)[0].ip().unwrap().dscp()
    };
    assert_eq!(mark(), 46);
    let (programs, links) = (held::programs(&loader), held::links(&loader));
    let at_the_root = || -> BTreeSet<u32> {
        cgroup::attached(&mount()).into_iter().filter(|id| programs.contains(id)).collect()
    };
    assert!(!at_the_root().is_empty(), "nothing is attached while it runs");

    loader.end(signal);
    // A filter outlives its process, and a loader that comes takes it over.
    if signal == Signal::SIGKILL && !has_tcx() {
        held::assert_gone(&BTreeSet::new(), &links);
    } else {
        held::assert_gone(&programs, &links);
        assert_eq!(mark(), 0, "a packet is marked after {signal}");
    }
    assert_eq!(at_the_root(), BTreeSet::new(), "attached after {signal}");
    drop(lab);
}

#[test]
fn by_a_signal_that_asks() {
    end_by(Signal::SIGINT);
    end_by(Signal::SIGTERM);
}

/// No code of the loader runs then.
#[test]
fn by_a_signal_that_does_not() {
    end_by(Signal::SIGKILL);
}
