//! A captured frame, read by etherparse: nothing of qos-loader reads it.

use std::net::IpAddr;

use bytes::Bytes;
use etherparse::{NetSlice, SlicedPacket, TransportSlice};

mod checksum;

/// A frame as it was on the wire, tags included.
#[derive(Clone)]
pub struct Frame {
    /// The bytes from the destination's link address on.
    pub bytes: Bytes,
    /// Whether the transport checksum was left to a device that veth does not have.
    pub is_unfinished: bool,
}

impl Frame {
    pub(super) fn new(bytes: Bytes, auxdata: &libc::tpacket_auxdata) -> Self {
        Self { bytes, is_unfinished: auxdata.tp_status & libc::TP_STATUS_CSUMNOTREADY != 0 }
    }

    /// A packet that had no link header.
    pub fn of_packet(packet: &[u8]) -> Self {
        let version = packet.first().map_or(0, |byte| byte >> 4);
        let ethertype = if version == 6 { [0x86, 0xdd] } else { [0x08, 0x00] };
        let bytes = [&[0; 12], ethertype.as_slice(), packet].concat();
        Self { bytes: bytes.into(), is_unfinished: false }
    }

    /// The IP packet in it; `None` if it holds none that is well-formed.
    pub fn ip(&self) -> Option<Ip> {
        let packet = SlicedPacket::from_ethernet(&self.bytes).ok()?;
        Ip::of(&packet)
    }

    /// Panics if a checksum in it is wrong.
    pub fn assert_checksums(&self) {
        if let Err(error) = checksum::verify(self) {
            panic!("{error} in {self:?}");
        }
    }
}

impl core::fmt::Debug for Frame {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let bytes = &self.bytes[..self.bytes.len().min(128)];
        let packet = SlicedPacket::from_ethernet(&self.bytes);
        let described = packet.ok().as_ref().and_then(Ip::of);
        write!(f, "{} bytes, {described:?}: {bytes:02x?}", self.bytes.len())
    }
}

/// What tests look at in an IP packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ip {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes.
    pub destination: IpAddr,
    /// The TOS byte or Traffic Class.
    pub traffic_class: u8,
    /// The transport protocol.
    pub protocol: u8,
    /// Source and destination port; none in a fragment.
    pub ports: Option<(u16, u16)>,
    /// TCP's flags: whether SYN, FIN and RST are set.
    pub flags: (bool, bool, bool),
    /// Whether it is a fragment, the first included.
    pub is_fragment: bool,
    /// What is behind the transport header, or behind the IP header of a fragment.
    pub payload: Bytes,
}

impl Ip {
    fn of(packet: &SlicedPacket<'_>) -> Option<Self> {
        let (source, destination, traffic_class): (IpAddr, IpAddr, u8) =
            match packet.net.as_ref()? {
                NetSlice::Ipv4(v4) => {
                    let header = v4.header();
                    let class = header.dcp().value() << 2 | header.ecn().value();
                    (header.source_addr().into(), header.destination_addr().into(), class)
                }
                NetSlice::Ipv6(v6) => {
                    let header = v6.header();
                    (
                        header.source_addr().into(),
                        header.destination_addr().into(),
                        header.traffic_class(),
                    )
                }
                NetSlice::Arp(_) => return None,
            };
        let network = packet.net.as_ref()?.ip_payload_ref()?;
        let (ports, flags, payload) = match packet.transport.as_ref() {
            Some(TransportSlice::Udp(udp)) => (
                Some((udp.source_port(), udp.destination_port())),
                (false, false, false),
                udp.payload(),
            ),
            Some(TransportSlice::Tcp(tcp)) => (
                Some((tcp.source_port(), tcp.destination_port())),
                (tcp.syn(), tcp.fin(), tcp.rst()),
                tcp.payload(),
            ),
            _ => (None, (false, false, false), network.payload),
        };
        Some(Self {
            source,
            destination,
            traffic_class,
            protocol: network.ip_number.0,
            ports,
            flags,
            is_fragment: network.fragmented,
            payload: Bytes::copy_from_slice(payload),
        })
    }

    /// The code point.
    pub fn dscp(&self) -> u8 {
        self.traffic_class >> 2
    }

    /// The congestion notification bits.
    pub fn ecn(&self) -> u8 {
        self.traffic_class & 3
    }

    /// The port that it goes to.
    pub fn destination_port(&self) -> Option<u16> {
        self.ports.map(|(_, destination)| destination)
    }

    /// The port that it comes from.
    pub fn source_port(&self) -> Option<u16> {
        self.ports.map(|(source, _)| source)
    }
}
