//! Frames that no socket of the near side sends.

use std::net::IpAddr;

use etherparse::PacketBuilder;
use qos_tests::netns::{FAR_MAC, NEAR_MAC};

/// A UDP packet that the far side sends the near one, to be forwarded.
pub(crate) fn forwarded_udp(source: &str, destination: &str, port: u16) -> Vec<u8> {
    let ethernet = PacketBuilder::ethernet2(FAR_MAC, NEAR_MAC);
    let headers = match (source.parse().unwrap(), destination.parse().unwrap()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            ethernet.ipv4(source.octets(), destination.octets(), 64)
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            ethernet.ipv6(source.octets(), destination.octets(), 64)
        }
        _ => panic!("{source} and {destination} are of different families"),
    };
    let mut frame = Vec::new();
    headers.udp(4000, port).write(&mut frame, b"payload").unwrap();
    frame
}

/// The frame from the far side to the near one.
pub(crate) fn towards_near(frame: &[u8]) -> Vec<u8> {
    [&NEAR_MAC, &FAR_MAC, &frame[12..]].concat()
}
