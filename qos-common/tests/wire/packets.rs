//! Random packets and frames.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::select,
};

/// An Ethernet header with tags of these types.
pub(crate) fn link_header(tags: &[u16], ipv6: bool) -> Vec<u8> {
    let mut bytes = vec![2; 12];
    for tag in tags {
        bytes.extend(tag.to_be_bytes());
        bytes.extend([0, 42]);
    }
    bytes.extend(if ipv6 { [0x86, 0xdd] } else { [0x08, 0x00] });
    bytes
}

pub(crate) fn ip_packet() -> impl Strategy<Value = Vec<u8>> {
    let protocol = select(vec![6, 17, 33, 132, 136, 1, 58, 50, 47, 59]);
    let part =
        prop_oneof![3 => Just((0, false)), 1 => Just((0, true)), 1 => (1..8192_u16, any::<bool>())];
    let payload = vec(any::<u8>(), 8..60);
    (protocol, part, payload, any::<bool>()).prop_flat_map(|(protocol, part, payload, ipv6)| {
        if ipv6 { v6(protocol, part, payload).boxed() } else { v4(protocol, part, payload).boxed() }
    })
}

fn v4(
    protocol: u8,
    (offset, more): (u16, bool),
    payload: Vec<u8>,
) -> impl Strategy<Value = Vec<u8>> {
    let options = vec(any::<[u8; 4]>(), 0..=10);
    (any::<[[u8; 4]; 2]>(), options, any::<[u8; 4]>()).prop_map(
        move |(addresses, options, some)| {
            let words = u8::try_from(options.len()).unwrap();
            let length = u16::try_from(20 + 4 * options.len() + payload.len()).unwrap();
            let [tos, identification @ .., ttl] = some;
            let place = offset | u16::from(more) << 13;
            let mut packet = vec![0x45 + words, tos];
            packet.extend(length.to_be_bytes());
            packet.extend(identification);
            packet.extend(place.to_be_bytes());
            packet.extend([ttl, protocol, 0, 0]);
            packet.extend(addresses.concat());
            packet.extend(options.concat());
            packet.extend(&payload);
            packet
        },
    )
}

/// With extension headers in the order that etherparse knows: hop-by-hop options first.
fn v6(
    protocol: u8,
    (offset, more): (u16, bool),
    payload: Vec<u8>,
) -> impl Strategy<Value = Vec<u8>> {
    let extensions = vec((select(vec![43, 51, 60]), 0..4_u8), 0..6);
    let fragmented = offset > 0 || more;
    (any::<[[u8; 16]; 2]>(), any::<bool>(), extensions, any::<[u8; 4]>()).prop_map(
        move |(addresses, hop_by_hop, mut extensions, [class, a, b, c])| {
            if hop_by_hop {
                extensions.insert(0, (0, 1));
            }
            if fragmented {
                extensions.push((44, 0));
            }
            let numbers = extensions.iter().map(|(number, _)| *number).chain([protocol]);
            let mut behind = Vec::new();
            for ((number, units), next) in extensions.iter().zip(numbers.clone().skip(1)) {
                let place = (offset << 3 | u16::from(more)).to_be_bytes();
                match number {
                    44 => behind.extend([next, 0, place[0], place[1], a, b, c, 1]),
                    51 => {
                        behind.extend([next, units + 1, 0, 0]);
                        behind.extend(vec![0xa5; 8 + 4 * usize::from(*units)]);
                    }
                    _ => {
                        behind.extend([next, *units]);
                        behind.extend(vec![0xc3; 6 + 8 * usize::from(*units)]);
                    }
                }
            }
            behind.extend(&payload);
            let mut packet = vec![0x60 | class >> 4, class << 4 | a >> 4, b, c];
            packet.extend(u16::try_from(behind.len()).unwrap().to_be_bytes());
            packet.extend([numbers.clone().next().unwrap(), 64]);
            packet.extend(addresses.concat());
            packet.extend(behind);
            packet
        },
    )
}

/// Bytes of any kind, and bytes that start as a packet does.
pub(crate) fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let bytes = || vec(any::<u8>(), 0..120);
    let starts: Vec<Vec<u8>> = vec![
        vec![0x45, 0, 0, 60],
        vec![0x4f, 0, 0, 60],
        vec![0x60, 0, 0, 0, 0, 20, 44],
        vec![0x60, 0, 0, 0, 0, 40, 0],
    ];
    let start = (any::<bool>(), vec(select(vec![0x8100, 0x88a8]), 0..=3), select(starts)).prop_map(
        |(link, tags, start)| {
            let link = if link { link_header(&tags, start[0] == 0x60) } else { Vec::new() };
            [link, start].concat()
        },
    );
    prop_oneof![bytes(), (start, bytes()).prop_map(|(start, bytes)| [start, bytes].concat())]
}
