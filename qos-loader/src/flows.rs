//! Flows that the program has classified: told to those who watch, and counted by the [`host`] that their
//! policy names.

mod counts;
mod host;

use std::{net::IpAddr, num::NonZeroUsize, sync::Arc, time::UNIX_EPOCH};

use lru::LruCache;
use nix::net::if_::if_indextoname;
use qos_common::{dscp::Dscp, executable::Executable};
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::{
    control::watched::{Line, WatchedFlow},
    hosts::Hosts,
    kernel::reports::FlowReport,
    policy::HostPattern,
    process::Process,
};
pub use counts::HostCounts;

/// The most flows that are known to have been told; then the oldest are forgotten.
const MOST: NonZeroUsize = NonZeroUsize::new(8_192).expect("not 0");

/// The most lines that wait for one who watches.
const WAITING: usize = 4_096;

/// The flows so far, and those who watch.
#[derive(Debug)]
pub struct Flows {
    watchers: Sender<Arc<Line>>,
    told: LruCache<Key, Told>,
    counts: HostCounts,
    /// How many reports were known to be lost.
    lost: u64,
}

/// What makes a flow another one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    socket: Option<u64>,
    protocol: u8,
    ends: [(IpAddr, Option<u16>); 2],
}

/// What was told of a flow.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    policy: Option<String>,
    host: Option<String>,
    after: Option<Dscp>,
}

/// What is known of the policy that a flow gets.
#[derive(Clone, Copy, Debug)]
pub struct Matched<'a> {
    /// Its name.
    pub policy: &'a str,
    /// The hosts that it names.
    pub hosts: &'a [HostPattern],
}

impl Default for Flows {
    fn default() -> Self {
        let (watchers, _) = broadcast::channel(WAITING);
        Self { watchers, told: LruCache::new(MOST), counts: HostCounts::default(), lost: 0 }
    }
}

impl Flows {
    /// The lines from now on.
    pub fn watch(&self) -> Receiver<Arc<Line>> {
        self.watchers.subscribe()
    }

    /// How many watch.
    pub fn watchers(&self) -> usize {
        self.watchers.receiver_count()
    }

    /// Waits until nobody watches any more.
    pub fn unwatched(&self) -> impl Future<Output = ()> + use<> {
        let watchers = self.watchers.clone();
        async move { watchers.closed().await }
    }

    /// How many flows each policy had to the hosts that it names.
    pub const fn counts(&self) -> &HostCounts {
        &self.counts
    }

    /// Tells those who watch that by now so many reports were lost.
    pub fn lose(&mut self, lost: u64) {
        if lost > self.lost {
            self.send(Line::Lost(lost - self.lost));
            self.lost = lost;
        }
    }

    /// Tells of a flow, which got the policy that `matched`, unless the same was told before. `hosts` is what
    /// is known of them, and `seed` that of the hashes of executables.
    pub fn tell(
        &mut self,
        report: &FlowReport,
        matched: Option<Matched<'_>>,
        hosts: &Hosts,
        seed: u64,
    ) {
        let host = matched.and_then(|matched| host::of(report, matched.hosts, hosts));
        let policy = matched.map(|matched| matched.policy.to_owned());
        let after = report.headers.given.or(report.headers.before);
        let told = Told { policy, host, after };
        let before = self.told.put(Key::of(report), told);
        let Some(told) = self.told.peek(&Key::of(report)) else { return };
        if before.as_ref() == Some(told) {
            return;
        }
        // Of other policies only what was watched is known.
        if report.action.names_host() {
            self.counts.replace(before.as_ref().and_then(Told::place), told.place());
        }
        if self.watchers() > 0 {
            let line = line(report, told, application(report, seed));
            self.send(Line::Flow(Box::new(line)));
        }
    }

    /// Nobody need listen.
    fn send(&self, line: Line) {
        self.watchers.send(Arc::new(line)).unwrap_or_default();
    }
}

impl Key {
    const fn of(report: &FlowReport) -> Self {
        let [source, destination] = report.ports;
        let ends = [(report.source, source), (report.destination, destination)];
        Self { socket: report.socket, protocol: report.headers.protocol, ends }
    }
}

impl Told {
    /// Where it is counted.
    fn place(&self) -> Option<(&str, &str)> {
        self.policy.as_deref().zip(self.host.as_deref())
    }
}

fn line(report: &FlowReport, told: &Told, application: Option<String>) -> WatchedFlow {
    let time = report.time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let interface = if_indextoname(report.headers.interface).ok();
    WatchedFlow {
        time: time.as_millis().try_into().unwrap_or(u64::MAX),
        interface: interface.and_then(|name| name.into_string().ok()),
        policy: told.policy.clone(),
        application,
        user: report.user,
        protocol: report.headers.protocol,
        source: report.source,
        destination: report.destination,
        ports: report.ports,
        is_own: report.socket.is_some(),
        host: told.host.clone(),
        before: report.headers.before.map(Dscp::value),
        after: told.after.map(Dscp::value),
    }
}

/// What the process of a flow runs, if hooks recorded that and it still does.
fn application(report: &FlowReport, seed: u64) -> Option<String> {
    let (pid, executable) = report.process?;
    // In another PID namespace the number may be of another process.
    let application = Process { pid }.application().ok()??;
    (Executable::of(seed, application.bytes()) == executable).then(|| application.to_string())
}
