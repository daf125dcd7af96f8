//! Packets: what they are is said once, and both the frame and what policies may see of it come
//! from that. Nothing here reads a frame.

pub mod ipv4;
pub mod ipv6;
pub mod link;
pub mod transport;

use std::net::IpAddr;

use qos_common::dscp::Dscp;

use crate::oracle::{Seen, Sender};
pub use ipv4::V4;
pub use ipv6::{Extension, V6};
pub use link::Link;

/// A packet that is well-formed.
#[derive(Clone, Debug)]
pub struct Packet {
    /// What stands before the IP header.
    pub link: Link,
    /// The IP header and its options or extensions.
    pub network: Network,
    /// The TOS byte or Traffic Class.
    pub traffic_class: u8,
    /// The transport protocol.
    pub protocol: u8,
    /// Source and destination, where the protocol has ports.
    pub ports: (u16, u16),
    /// Bytes behind the transport header.
    pub payload: Vec<u8>,
    /// Bytes of the frame behind the packet.
    pub trailer: Vec<u8>,
}

/// The IP header.
#[derive(Clone, Debug)]
pub enum Network {
    /// RFC 791.
    V4(V4),
    /// RFC 8200.
    V6(V6),
}

/// Which part of a datagram a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The first fragment, with the transport header.
    First,
    /// A fragment behind the first: nothing of it is a transport header.
    Later,
}

impl Packet {
    /// The frame from the first byte to the last.
    pub fn frame(&self) -> Vec<u8> {
        let transport = match self.part() {
            Part::Later => self.payload.clone(),
            Part::Whole | Part::First => transport::bytes(self.protocol, self.ports, &self.payload),
        };
        let mut frame = self.link.bytes(matches!(self.network, Network::V6(_)));
        match &self.network {
            Network::V4(v4) => v4.write(self.traffic_class, self.protocol, &transport, &mut frame),
            Network::V6(v6) => v6.write(self.traffic_class, self.protocol, &transport, &mut frame),
        }
        frame.extend(&self.trailer);
        frame
    }

    /// The same frame, as it must be with `dscp` in it; `None` leaves the packet alone.
    pub fn frame_with(&self, dscp: Option<Dscp>) -> Vec<u8> {
        let ecn = self.traffic_class % 4;
        let traffic_class = dscp.map_or(self.traffic_class, |dscp| dscp.value() * 4 + ecn);
        Self { traffic_class, ..self.clone() }.frame()
    }

    /// What policies may see, if `sender` sent it.
    pub fn seen(&self, sender: Sender) -> Seen {
        let (source, destination): (IpAddr, IpAddr) = match &self.network {
            Network::V4(v4) => (v4.source.into(), v4.destination.into()),
            Network::V6(v6) => (v6.source.into(), v6.destination.into()),
        };
        let ports = (transport::has_ports(self.protocol) && self.part() != Part::Later)
            .then_some(self.ports);
        let protocol = match &self.network {
            Network::V4(_) => self.protocol,
            Network::V6(v6) => v6.visible_protocol(self.protocol),
        };
        Seen {
            source,
            destination,
            protocol,
            source_port: ports.map(|(source, _)| source),
            destination_port: ports.map(|(_, destination)| destination),
            sender,
        }
    }

    /// Which part of a datagram it is.
    pub fn part(&self) -> Part {
        match &self.network {
            Network::V4(v4) => v4.part,
            Network::V6(v6) => v6.part(),
        }
    }
}
