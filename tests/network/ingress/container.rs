//! A network namespace as containers have one: behind a veth pair, whose other end is the host's, who
//! passes on what it sends.

use std::{fs::File, os::fd::AsRawFd as _, process};

use nix::sched::{CloneFlags, setns, unshare};
use qos_tests::netns::{Lab, NEAR_V4, NEAR_V6, ip};

/// The host's end.
pub(super) const HOST: &str = "veth0";

/// The namespace; it goes when nobody holds it.
pub(super) struct Container {
    own: File,
    host: File,
}

impl Container {
    /// On the near side of `lab`, which passes on what it sends.
    pub(super) fn new(lab: &Lab) -> Self {
        lab.forward();
        let host = current();
        unshare(CloneFlags::CLONE_NEWNET).unwrap();
        let container = Self { own: current(), host };
        setns(&container.host, CloneFlags::CLONE_NEWNET).unwrap();
        container.inside(|| ip("link set lo up"));
        lab.in_far(|| {
            ip(&format!("route add 10.80.0.0/24 via {NEAR_V4}\nroute add fd80::/64 via {NEAR_V6}"));
        });
        container
    }

    /// Makes the pair, with this name for the host's end.
    pub(super) fn connect(&self, host: &str) {
        let own = format!("/proc/{}/fd/{}", process::id(), self.own.as_raw_fd());
        ip(&format!(
            "link add {host} type veth peer name eth0 netns {own}
            link set {host} up
            address add 10.80.0.1/24 dev {host}
            address add fd80::1/64 dev {host} nodad"
        ));
        self.inside(|| {
            ip("link set eth0 up
                address add 10.80.0.2/24 dev eth0
                address add fd80::2/64 dev eth0 nodad
                route add default via 10.80.0.1
                route add default via fd80::1");
        });
    }

    /// Does something in it. Processes that are started there stay there.
    pub(super) fn inside<T>(&self, act: impl FnOnce() -> T) -> T {
        setns(&self.own, CloneFlags::CLONE_NEWNET).unwrap();
        let _back = Back(&self.host);
        act()
    }
}

/// Brings the thread back, also when a test fails.
struct Back<'a>(&'a File);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        setns(self.0, CloneFlags::CLONE_NEWNET).unwrap();
    }
}

fn current() -> File {
    File::open("/proc/thread-self/ns/net").unwrap()
}
