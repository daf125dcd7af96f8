//! Two network namespaces of a test's own, joined by a veth pair. They are anonymous: they go when
//! nobody holds them, also when the test is killed.

mod link;

use core::marker::PhantomData;
use std::{fs, fs::File, net::IpAddr, os::fd::AsRawFd as _, process};

use nix::sched::{CloneFlags, setns, unshare};

pub(crate) use link::interface_request;
pub use link::{dropped, ip, set_transmit_checksums};

/// The interface in the namespace where senders are and qos-loader runs.
pub const NEAR: &str = "near0";
/// Its other end.
pub const FAR: &str = "far0";
/// The link addresses of both.
pub const NEAR_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
/// See [`NEAR_MAC`].
pub const FAR_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];

/// The addresses of the near side, and another two of it.
pub const NEAR_V4: &str = "10.77.0.1";
/// See [`NEAR_V4`].
pub const NEAR_V6: &str = "fd77::1";
/// See [`NEAR_V4`].
pub const OTHER_NEAR_V4: &str = "10.77.0.11";
/// See [`NEAR_V4`].
pub const OTHER_NEAR_V6: &str = "fd77::11";
/// The addresses of the far side, where servers listen.
pub const FAR_V4: &str = "10.77.0.2";
/// See [`FAR_V4`].
pub const FAR_V6: &str = "fd77::2";
/// Behind the far side: whatever is sent to `10.78.0.0/16` and `fd78::/32` is captured, and nobody
/// answers it.
pub const SINK_V4: &str = "10.78.0.2";
/// See [`SINK_V4`].
pub const SINK_V6: &str = "fd78::2";

const SETTINGS: [(&str, &str); 5] = [
    // Nothing that the test did not send.
    ("net/ipv6/conf/default/accept_ra", "0"),
    ("net/ipv6/conf/default/router_solicitations", "0"),
    ("net/ipv6/conf/default/accept_dad", "0"),
    // The sink's addresses and forwarded packets come from where no route goes.
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
];

/// The two namespaces. The thread that made it stands in the near one until it is dropped; so do
/// the threads and processes that it starts.
#[derive(Debug)]
pub struct Lab {
    home: File,
    near: File,
    far: File,
    /// A namespace is a thread's.
    _thread: PhantomData<*const ()>,
}

impl Lab {
    /// Makes the namespaces and enters the near one. Panics without `CAP_SYS_ADMIN`.
    pub fn new() -> Self {
        let home = current();
        unshare(CloneFlags::CLONE_NEWNET).expect("making network namespaces needs root");
        let far = current();
        // From here on dropping it brings the thread home.
        let mut lab = Self { home, near: far.try_clone().unwrap(), far, _thread: PhantomData };
        configure();
        unshare(CloneFlags::CLONE_NEWNET).unwrap();
        lab.near = current();
        configure();
        let far_path = format!("/proc/{}/fd/{}", process::id(), lab.far.as_raw_fd());
        ip(&near_commands(&far_path));
        // Checksums are on the wire then, for captures to verify.
        set_transmit_checksums(NEAR, false);
        lab.in_far(|| ip(&far_commands()));
        lab
    }

    /// Does something in the far namespace. What it opens there stays there.
    pub fn in_far<T>(&self, act: impl FnOnce() -> T) -> T {
        let _back = Entered::new(&self.far, &self.near);
        act()
    }

    /// Sends what goes to the sink's networks through the near side back to where it came from.
    pub fn forward(&self) {
        write_setting("net/ipv4/ip_forward", "1");
        write_setting("net/ipv6/conf/all/forwarding", "1");
        write_setting("net/ipv4/conf/all/send_redirects", "0");
        write_setting(&format!("net/ipv4/conf/{NEAR}/send_redirects"), "0");
    }

    /// Has the near side send no IPv6 of its own accord.
    pub fn without_ipv6(&self) {
        write_setting("net/ipv6/conf/all/disable_ipv6", "1");
    }
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        enter(&self.home);
    }
}

/// Brings the thread back, also when a test fails.
struct Entered<'a>(&'a File);

impl<'a> Entered<'a> {
    fn new(namespace: &File, back: &'a File) -> Self {
        enter(namespace);
        Self(back)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        enter(self.0);
    }
}

/// An address of this module.
pub fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn current() -> File {
    File::open("/proc/thread-self/ns/net").unwrap()
}

fn enter(namespace: &File) {
    setns(namespace, CloneFlags::CLONE_NEWNET).unwrap();
}

/// `/proc/sys/net` shows the settings of the thread's namespace.
fn write_setting(name: &str, value: &str) {
    fs::write(format!("/proc/sys/{name}"), value).unwrap();
}

fn configure() {
    for (name, value) in SETTINGS {
        write_setting(name, value);
    }
}

fn near_commands(far: &str) -> String {
    let [near_mac, far_mac] = [NEAR_MAC, FAR_MAC].map(link::mac_text);
    format!(
        "link set lo up
        link add {NEAR} address {near_mac} type veth peer name {FAR} address {far_mac} netns {far}
        link set {NEAR} up
        address add {NEAR_V4}/24 dev {NEAR}
        address add {OTHER_NEAR_V4}/24 dev {NEAR}
        address add {NEAR_V6}/64 dev {NEAR} nodad
        address add {OTHER_NEAR_V6}/64 dev {NEAR} nodad
        neighbour add {FAR_V4} lladdr {far_mac} dev {NEAR} nud permanent
        neighbour add {FAR_V6} lladdr {far_mac} dev {NEAR} nud permanent
        route add 10.78.0.0/16 via {FAR_V4}
        route add fd78::/32 via {FAR_V6}"
    )
}

fn far_commands() -> String {
    let near_mac = link::mac_text(NEAR_MAC);
    let neighbour =
        |address| format!("neighbour add {address} lladdr {near_mac} dev {FAR} nud permanent\n");
    let neighbours: String =
        [NEAR_V4, OTHER_NEAR_V4, NEAR_V6, OTHER_NEAR_V6].map(neighbour).concat();
    format!(
        "link set lo up
        link set {FAR} up
        address add {FAR_V4}/24 dev {FAR}
        address add {FAR_V6}/64 dev {FAR} nodad
        route add blackhole 10.78.0.0/16
        route add blackhole fd78::/32
        {neighbours}"
    )
}
