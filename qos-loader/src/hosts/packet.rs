//! What packets carry, and between whom.

use std::net::{IpAddr, SocketAddr};

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};

use super::streams::Segment;
use crate::kernel::names::NamePacket;

/// From where to where, and by which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ends {
    pub(super) protocol: Protocol,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
}

impl Ends {
    /// The other way.
    pub(super) const fn turned(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

/// How messages are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Protocol {
    Udp,
    Tcp,
}

/// What a packet carries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Carried<'a> {
    Message(&'a [u8]),
    Segment(Segment<'a>),
}

/// The ends of a packet, and what it carries. It may be cut.
pub(super) fn read(packet: &NamePacket) -> Option<(Ends, Carried<'_>)> {
    let read = LaxSlicedPacket::from_ip(&packet.bytes).ok()?;
    let (from, to): (IpAddr, IpAddr) = match read.net? {
        LaxNetSlice::Ipv4(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Ipv6(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        LaxNetSlice::Arp(_) => return None,
    };
    let ends = |protocol, source, destination| Ends {
        protocol,
        from: SocketAddr::new(from, source),
        to: SocketAddr::new(to, destination),
    };
    match read.transport? {
        TransportSlice::Udp(udp) => Some((
            ends(Protocol::Udp, udp.source_port(), udp.destination_port()),
            Carried::Message(udp.payload()),
        )),
        TransportSlice::Tcp(tcp) => Some((
            ends(Protocol::Tcp, tcp.source_port(), tcp.destination_port()),
            Carried::Segment(Segment {
                // SYN takes a number itself.
                sequence: tcp
                    .sequence_number()
                    .wrapping_add(tcp.syn().into())
                    .wrapping_add(packet.skipped),
                begins: tcp.syn() && packet.skipped == 0,
                data: tcp.payload(),
            }),
        )),
        TransportSlice::Icmpv4(_) | TransportSlice::Icmpv6(_) | TransportSlice::Igmp(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use etherparse::PacketBuilder;

    use super::*;

    fn ends(protocol: Protocol) -> Ends {
        let (from, to) = (([192, 0, 2, 53], 53).into(), ([192, 0, 2, 1], 4_000).into());
        Ends { protocol, from, to }
    }

    fn packet(bytes: &[u8], skipped: u32) -> NamePacket {
        NamePacket { skipped, bytes: Bytes::copy_from_slice(bytes) }
    }

    #[test]
    fn a_datagram_is_a_message() {
        let mut whole = Vec::new();
        let headers = PacketBuilder::ipv4([192, 0, 2, 53], [192, 0, 2, 1], 64).udp(53, 4_000);
        headers.write(&mut whole, b"data").unwrap();
        for cut in 0..=whole.len() {
            let packet = packet(&whole[..cut], 0);
            let data = cut.checked_sub(28).map(|length| &b"data"[..length]);
            let expected = data.map(|data| (ends(Protocol::Udp), Carried::Message(data)));
            assert_eq!(read(&packet), expected, "{cut}");
        }
    }

    #[test]
    fn a_part_of_a_segment_stands_where_it_stood() {
        let mut whole = Vec::new();
        let headers = PacketBuilder::ipv4([192, 0, 2, 53], [192, 0, 2, 1], 64);
        headers.tcp(53, 4_000, u32::MAX, 1_000).write(&mut whole, b"data").unwrap();
        // The second half of the data, behind the headers.
        let part = packet(&[&whole[..40], b"ta"].concat(), 2);
        let segment = Segment { sequence: 1, begins: false, data: b"ta" };
        assert_eq!(read(&part), Some((ends(Protocol::Tcp), Carried::Segment(segment))));
        assert_eq!(read(&packet(&whole[..39], 0)), None);
    }
}
