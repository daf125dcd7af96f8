//! A thousand reloads, one right after the other, while packets leave as fast as they can. More of
//! them leave than could be captured, so that the kernel counts them by their marks; only what is
//! marked otherwise is captured.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::Duration,
};

use qos_tests::{
    capture::{Capture, Counter},
    loader::Loader,
    netns::{
        self, FAR, Lab, NEAR, NEAR_V4, NEAR_V6, OTHER_NEAR_V4, OTHER_NEAR_V6, SINK_V4, SINK_V6,
    },
    repeated,
    sender::{endpoint, udp},
};

const RELOADS: u32 = 1_000;
/// What all packets of the test get from each set.
const MARKS: [u8; 2] = [10, 20];
/// What the kernel sends of its own accord gets, to tell neighbours about IPv6.
const ICMP: u8 = 48;
/// What only a mixture of sets gives to packets of the test.
const REST: u8 = 1;
const FROM: u16 = 4_000;
const TO: u16 = 5_000;
/// To how many hosts a socket without a peer sends in turn.
const HOSTS: u8 = 250;

/// Where the packets of a family come from and go to.
struct Ends {
    connected: &'static str,
    peer: &'static str,
    unconnected: &'static str,
    /// What the addresses of its hosts begin with.
    hosts: &'static str,
}

const ENDS: [Ends; 2] = [
    Ends { connected: NEAR_V4, peer: SINK_V4, unconnected: OTHER_NEAR_V4, hosts: "10.78.1." },
    Ends { connected: NEAR_V6, peer: SINK_V6, unconnected: OTHER_NEAR_V6, hosts: "fd78::1:" },
];

/// A set in which the rule of the test's packets stands at another place than in the other: the
/// source port of one set and the destination port of the other have no rule in common but the
/// last.
fn policies(set: usize) -> String {
    let pair = |name: &str, from, to, mark| {
        format!(
            "[[policy]]\nname = \"{name}\"\ndscp = {mark}\n\
             source-port = {from}\ndestination-port = {to}\n"
        )
    };
    let other = |number: u16| pair(&number.to_string(), 6_000 + number, 7_000 + number, REST);
    let mut pairs: Vec<String> = (0..70).map(other).collect();
    pairs.insert(set * pairs.len(), pair("test", FROM, TO, MARKS[set]));
    format!(
        "{}[[policy]]\nname = \"icmp\"\nprotocol = \"icmpv6\"\ndscp = {ICMP}\n\
         [[policy]]\nname = \"rest\"\ndscp = {REST}\n",
        pairs.concat()
    )
}

#[test]
fn of_all_packets_none_is_marked_by_neither_set() {
    let lab = Lab::new();
    let loader = Loader::run(NEAR, &policies(0));
    let (wrong, right) = lab.in_far(|| {
        let others = Capture::of_marked_otherwise(FAR, &[MARKS[0], MARKS[1], ICMP]);
        (others, MARKS.map(|mark| Counter::of_marked(FAR, mark)))
    });
    let stop = AtomicBool::new(false);
    let sent: u64 = thread::scope(|scope| {
        let senders = ENDS.each_ref().map(|ends| scope.spawn(|| send(ends, &stop)));
        let end = SetWhenDropped(&stop);
        for reload in 1..=repeated(RELOADS) {
            loader.replace(&policies(usize::from(reload % 2 == 1)));
        }
        drop(end);
        senders.map(|sender| sender.join().unwrap()).iter().sum()
    });
    let frame = wrong.next(Duration::from_secs(1));
    let right = right.map(|counter| counter.count());
    // Behind the program, where a slow machine's far side can't take them all: some of the test's, and
    // some that the kernel sends of its own accord.
    let dropped = netns::dropped(NEAR);
    println!("of {sent} packets {right:?} got the marks of the sets, {dropped} were dropped");
    assert!(frame.is_none(), "a packet is marked otherwise: {frame:?}");
    let counted = right.iter().sum::<u64>();
    assert!((sent.saturating_sub(dropped)..=sent).contains(&counted), "{counted} were counted");
}

/// Ends the traffic, also when a reload fails.
struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Sends by a socket with a peer and one without in turn; returns how many packets.
fn send(ends: &Ends, stop: &AtomicBool) -> u64 {
    let connected = udp(ends.connected, FROM);
    connected.connect(endpoint(ends.peer, TO)).unwrap();
    let unconnected = udp(ends.unconnected, FROM);
    let host = |number| endpoint(&format!("{}{number}", ends.hosts), TO);
    let hosts: Vec<SocketAddr> = (1..=HOSTS).map(host).collect();
    let mut sent = 0;
    for host in hosts.iter().cycle() {
        if stop.load(Relaxed) {
            break;
        }
        connected.send(b"x").unwrap();
        unconnected.send_to(b"x", host).unwrap();
        sent += 2;
    }
    sent
}
