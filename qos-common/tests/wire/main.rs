//! What is read of a frame is what etherparse reads; and whatever the bytes are, reading ends and
//! tells of nothing that is not there.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]

mod packets;
mod reference;

use proptest::{
    collection::vec,
    prelude::{
        Just, ProptestConfig, Strategy as _, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
    },
    sample::{Index, select},
    test_runner::RngSeed,
};
use qos_common::{
    flow::{Flow, Ports, Version},
    wire::{self, HEADER, Packet, Unreadable, link, plain},
};

use packets::{any_frame, ip_packet, link_header};
use reference::by_etherparse;

/// Miri takes a thousand times as long.
const CASES: u32 = if cfg!(miri) { 3 } else { 20_000 };

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(CASES)
    })]

    #[test]
    fn a_packet_is_read_as_etherparse_reads_it(
        tags in vec(select(vec![0x8100, 0x88a8]), 0..=2),
        ip in ip_packet(),
    ) {
        let link = link_header(&tags, ip[0] >> 4 == 6);
        let frame = [link.clone(), ip.clone()].concat();
        let packet = wire::read(frame.as_slice(), link::ETHERNET).unwrap();
        prop_assert_eq!(usize::try_from(packet.offset).unwrap(), link.len());
        prop_assert_eq!(packet.flow, by_etherparse(&ip).unwrap());
        let alone = wire::read(ip.as_slice(), link::NONE).unwrap();
        prop_assert_eq!(alone, Packet { offset: 0, ..packet });
    }

    /// etherparse is the stricter: what it takes we take, and mean the same by it.
    #[test]
    fn a_damaged_packet_is_read_as_etherparse_reads_it_or_not_at_all(
        mut ip in ip_packet(),
        damage in vec((any::<Index>(), any::<u8>()), 1..3),
        cut in prop_oneof![Just(None), any::<Index>().prop_map(Some)],
    ) {
        for (index, byte) in damage {
            let start = ip.len().min(64);
            ip[index.index(start)] = byte;
        }
        if let Some(cut) = cut {
            ip.truncate(cut.index(ip.len()) + 1);
        }
        if let (Some(flow), Ok(packet)) = (by_etherparse(&ip), wire::read(ip.as_slice(), link::NONE)) {
            prop_assert_eq!(packet.flow, flow);
        } else if let Some(flow) = by_etherparse(&ip) {
            // The one thing that it does not look for: the ports.
            prop_assert!(flow.has_ports() && flow.ports == Ports::NONE, "{:?}", flow);
        }
    }

    #[test]
    fn of_any_bytes_only_what_is_there_is_read(
        frame in any_frame(),
        link_length in select(vec![link::NONE, link::ETHERNET]),
    ) {
        let Ok(packet) = wire::read(frame.as_slice(), link_length) else { return Ok(()) };
        let start = usize::try_from(packet.offset).unwrap();
        let header = packet.header.map(u32::to_be_bytes).concat();
        prop_assert_eq!(&frame[start..start + 4 * HEADER], &header);
        prop_assert_eq!(header[0] >> 4, if packet.flow.is_ipv6() { 6 } else { 4 });
        let Flow { ports, fragment, .. } = packet.flow;
        prop_assert_eq!(ports == Ports::NONE, !packet.flow.has_ports() || fragment.is_later());
        prop_assert!(fragment.datagram() != 0 || !fragment.is_later());
    }

    /// Whatever the bytes are, the short way reads what the long one does, of the packets that it is for
    /// and of no others.
    #[test]
    fn a_plain_packet_is_read_as_all_others_are(
        tags in vec(select(vec![0x8100, 0x88a8]), 0..=1),
        ip in ip_packet(),
        frame in any_frame(),
        cut in prop_oneof![Just(None), any::<Index>().prop_map(Some)],
    ) {
        let mut tagged = [link_header(&tags, ip[0] >> 4 == 6), ip.clone()].concat();
        if let Some(cut) = cut {
            tagged.truncate(cut.index(tagged.len()) + 1);
        }
        for (frame, link_length) in
            [(&tagged, link::ETHERNET), (&ip, link::NONE), (&frame, link::ETHERNET), (&frame, link::NONE)]
        {
            let packet = wire::read(frame.as_slice(), link_length).ok();
            let plain = packet.filter(|packet| is_plain(packet, link_length));
            prop_assert_eq!(plain::read(frame.as_slice(), link_length), plain);
        }
    }

    /// The packet ends where its header says, not where the frame does.
    #[test]
    fn padding_changes_nothing(ip in ip_packet(), padding in vec(any::<u8>(), 1..40)) {
        let padded = [ip.clone(), padding].concat();
        let packet = wire::read(ip.as_slice(), link::NONE).unwrap();
        prop_assert_eq!(wire::read(padded.as_slice(), link::NONE), Ok(packet));
    }

    #[test]
    fn a_packet_that_is_cut_is_not_read(ip in ip_packet(), cut in any::<Index>()) {
        let cut = wire::read(&ip[..=cut.index(ip.len() - 1)], link::NONE);
        prop_assert_eq!(cut, Err(Unreadable::Malformed));
    }
}

/// Whether nothing stands between the link header, the IP header and a whole transport header.
fn is_plain(packet: &Packet, link_length: u32) -> bool {
    let Flow { version, protocol, fragment, .. } = packet.flow;
    let [first, second, _third] = packet.header.map(u32::to_be_bytes);
    let follows =
        if version == Version::V6 { u32::from(second[2]) == protocol } else { first[0] == 0x45 };
    let is_usual = matches!(protocol, 6 | 17);
    packet.offset == link_length && follows && is_usual && fragment.datagram() == 0
}

/// 0 in the length field says that the packet is longer than the field can (BIG TCP).
#[test]
fn a_length_of_zero_is_for_packets_above_65535_bytes() {
    let v4 = [&[0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0], [7; 8].as_slice()].concat();
    let v6 = [&[0x60, 0, 0, 0, 0, 0, 6, 64], [7; 32].as_slice()].concat();
    for header in [v4, v6] {
        for (length, is_read) in [(1_000, false), (70_000, true)] {
            let mut packet = header.clone();
            packet.extend([4, 0, 1, 187]);
            packet.resize(length, 0);
            let ports = wire::read(packet.as_slice(), link::NONE).map(|packet| packet.flow.ports);
            let expected =
                if is_read { Ok(Ports::new(1024, 443)) } else { Err(Unreadable::Malformed) };
            assert_eq!(ports, expected, "{length} bytes, version {}", header[0] >> 4);
        }
    }
}
