//! Rates, packet by packet: the burst goes through, and then nothing does. At 8 kbit nothing to speak of
//! is paid off while a test runs.

use qos_common::{counters::PolicyCounters, dscp::Dscp, policy_set::layout};
use qos_loader::kernel::LinkKind;
use qos_tests::{
    generate::{machine::SyntheticMachine, packets, random::Random},
    packet::{Link, Network, Packet, V6},
};

use crate::{
    kernel::{Kernel, Known, ROOT_CGROUP},
    set::{Set, arguments},
};

/// Of so many bytes five leave: the fifth finds a debt of 120,000, less than 128 KiB.
const LONG: Known = Known { length: 30_000, segments: 20 };
const BURST: usize = 5;

/// Anything else than an address of the random packets.
fn packet(port: u16) -> Packet {
    Packet {
        link: Link::Ethernet(Vec::new()),
        protocol: 17,
        ports: (1024, port),
        traffic_class: 1,
        ..packets::packet(&mut Random::new(1), &[])
    }
}

fn set(policies: &[&str]) -> Set {
    Set::new(arguments(policies), &SyntheticMachine::new(ROOT_CGROUP))
}

/// How many of `tries` packets leave, the first ones; each carries `mark` then.
fn burst(kernel: &mut Kernel, packet: &Packet, mark: Option<u8>, tries: usize) -> usize {
    let frame = packet.frame();
    let expected = packet.frame_with(mark.and_then(Dscp::new));
    let left: Vec<Option<Vec<u8>>> =
        (0..tries).map(|_| kernel.passes(LinkKind::Ethernet, &frame, LONG, 1)).collect();
    let count = left.iter().take_while(|left| left.is_some()).count();
    assert!(left[..count].iter().flatten().all(|left| *left == expected));
    assert!(left[count..].iter().all(Option::is_none), "one leaves after another did not");
    count
}

#[test]
fn the_burst_leaves_with_its_mark_and_the_rest_is_dropped_and_counted() {
    let mut kernel = Kernel::new();
    kernel.replace(&set(&["name=slow,dscp=EF,throttle=8 kbit"]));
    assert_eq!(burst(&mut kernel, &packet(5000), Some(46), 40), BURST);
    let counters = kernel.dataplane.counters().unwrap();
    let expected = PolicyCounters {
        packets: 5 * 20,
        bytes: 5 * 30_000,
        rewritten: 5,
        dropped: 35 * 20,
        dropped_bytes: 35 * 30_000,
        ..PolicyCounters::default()
    };
    assert_eq!(counters[0], expected);
    assert!(counters[1..].iter().all(|other| *other == PolicyCounters::default()));
}

#[test]
fn a_policy_without_a_dscp_throttles_and_one_without_a_throttle_marks() {
    let mut kernel = Kernel::new();
    kernel.replace(&set(&[
        "name=slow,throttle=8 kbit,destination-port=5000",
        "name=marked,dscp=EF,destination-port=6000",
    ]));
    assert_eq!(burst(&mut kernel, &packet(5000), None, 20), BURST);
    assert_eq!(burst(&mut kernel, &packet(6000), Some(46), 20), 20);
    assert_eq!(burst(&mut kernel, &packet(7000), None, 20), 20);
    let counters = kernel.dataplane.counters().unwrap();
    assert_eq!((counters[0].unchanged, counters[0].rewritten), (5, 0));
    assert_eq!((counters[1].dropped, counters[1].rewritten), (0, 20));
    assert_eq!(kernel.dataplane.totals().unwrap().unmatched, 20);
}

#[test]
fn each_policy_owes_for_itself_and_all_of_its_rules_together() {
    let mut kernel = Kernel::new();
    kernel.replace(&set(&[
        "name=one,throttle=8 kbit,destination-port=5000|6000:6010",
        "name=other,throttle=8 kbit,destination-port=7000",
    ]));
    assert_eq!(burst(&mut kernel, &packet(5000), None, 3), 3);
    assert_eq!(burst(&mut kernel, &packet(7000), None, 20), BURST);
    assert_eq!(burst(&mut kernel, &packet(6005), None, 20), BURST - 3);
}

/// As far as the program can tell, which is asked for every packet.
#[test]
fn a_set_that_comes_later_finds_the_debt() {
    let mut kernel = Kernel::new();
    kernel.replace(&set(&["name=slow,throttle=8 kbit"]));
    assert_eq!(burst(&mut kernel, &packet(5000), None, 3), 3);
    kernel.replace(&set(&["name=slow,dscp=EF,throttle=8 kbit", "name=x,dscp=1,user=4242"]));
    assert_eq!(burst(&mut kernel, &packet(5000), Some(46), 20), BURST - 3);
    // At once: it does not wait for what the old rate has made of the debt, which are minutes.
    kernel.replace(&set(&["name=slow,throttle=1 gbit"]));
    assert!(kernel.passes(LinkKind::Ethernet, &packet(5000).frame(), LONG, 1).is_some());
    kernel.replace(&set(&["name=free,dscp=0"]));
    assert_eq!(burst(&mut kernel, &packet(5000), Some(0), 20), 20);
}

/// A packet passes the program again where another attached device is below.
#[test]
fn a_packet_that_passes_more_than_once_is_charged_once() {
    let mut kernel = Kernel::new();
    kernel.replace(&set(&["name=slow,throttle=8 kbit"]));
    let frame = packet(5000).frame();
    kernel.passes(LinkKind::Ethernet, &frame, LONG, 1_000).unwrap();
    assert_eq!(burst(&mut kernel, &packet(5000), None, 20), BURST - 1);
}

#[test]
fn what_the_table_of_flows_knows_is_throttled() {
    let mut kernel = Kernel::new();
    let mut set = set(&["name=slow,throttle=8 kbit"]);
    set.image.words[layout::KEEPS_FLOWS as usize] = 1;
    kernel.replace(&set);
    // One of eight packets is kept.
    assert_eq!(burst(&mut kernel, &packet(5000), None, 200), BURST);
}

#[test]
fn a_packet_with_extension_headers_is_throttled_too() {
    let mut kernel = Kernel::new();
    kernel.replace(&set(&["name=slow,throttle=8 kbit"]));
    let mut random = Random::new(3);
    let packet = std::iter::repeat_with(|| packets::packet(&mut random, &[]))
        .find(|packet| match (&packet.link, &packet.network) {
            (Link::Ethernet(tags), Network::V6(V6 { extensions, .. })) => {
                tags.is_empty() && !extensions.is_empty()
            }
            _ => false,
        })
        .unwrap();
    assert_eq!(burst(&mut kernel, &packet, None, 20), BURST);
}
