//! IPv6 headers, with extension headers in any order.

use std::net::Ipv6Addr;

use etherparse::{
    IpAuthHeader, IpFragOffset, IpNumber, Ipv6FlowLabel, Ipv6FragmentHeader, Ipv6Header,
    Ipv6RawExtHeader,
};

use super::Part;

/// What an IPv6 header says beside DSCP, ECN and protocol.
#[derive(Clone, Debug)]
pub struct V6 {
    /// Where the packet comes from.
    pub source: Ipv6Addr,
    /// Where it goes.
    pub destination: Ipv6Addr,
    /// 20 bits.
    pub flow_label: u32,
    /// In the order in which they stand.
    pub extensions: Vec<Extension>,
}

/// An extension header.
#[derive(Clone, Copy, Debug)]
pub enum Extension {
    /// Hop-by-hop options (0), routing (43), destination options (60) or mobility (135), with this
    /// many units of 8 bytes behind the first.
    Options(u8, u8),
    /// AH, with this many words of integrity check.
    Authentication(u8),
    /// A fragment header; [`Part::Whole`] is an atomic fragment (RFC 6946).
    Fragment(Part),
}

impl V6 {
    /// Which part of the datagram it is.
    pub fn part(&self) -> Part {
        let fragments = self.extensions.iter().map(|extension| match extension {
            Extension::Fragment(part) => *part,
            Extension::Options(..) | Extension::Authentication(_) => Part::Whole,
        });
        fragments
            .reduce(|one, other| if one == Part::Whole { other } else { one })
            .unwrap_or(Part::Whole)
    }

    /// What the headers call the protocol: a later fragment's says what follows in the datagram,
    /// which is not in this packet.
    pub(super) fn visible_protocol(&self, protocol: u8) -> u8 {
        let later = |one: &Extension| matches!(one, Extension::Fragment(Part::Later));
        let Some(position) = self.extensions.iter().position(later) else { return protocol };
        self.extensions.get(position + 1).map_or(protocol, Extension::number)
    }

    pub(super) fn write(
        &self,
        traffic_class: u8,
        protocol: u8,
        payload: &[u8],
        frame: &mut Vec<u8>,
    ) {
        let numbers = self.extensions.iter().map(Extension::number).chain([protocol]);
        let mut next = numbers.map(IpNumber);
        let first = next.next().unwrap_or_default();
        let extensions = self.extensions.iter().zip(next).map(|(one, next)| one.bytes(next));
        let behind: Vec<u8> = extensions.flatten().chain(payload.iter().copied()).collect();
        let header = Ipv6Header {
            traffic_class,
            flow_label: Ipv6FlowLabel::try_new(self.flow_label).unwrap_or_default(),
            payload_length: u16::try_from(behind.len()).unwrap_or(u16::MAX),
            next_header: first,
            hop_limit: 64,
            source: self.source.octets(),
            destination: self.destination.octets(),
        };
        frame.extend(header.to_bytes());
        frame.extend(behind);
    }
}

impl Extension {
    /// The protocol number that announces it.
    pub const fn number(&self) -> u8 {
        match self {
            Self::Options(number, _) => *number,
            Self::Authentication(_) => 51,
            Self::Fragment(_) => 44,
        }
    }

    fn bytes(self, next: IpNumber) -> Vec<u8> {
        match self {
            Self::Options(_, units) => {
                let content = vec![0xc3; 6 + 8 * usize::from(units)];
                let header = Ipv6RawExtHeader::new_raw(next, &content);
                header.map(|header| header.to_bytes().to_vec()).unwrap_or_default()
            }
            Self::Authentication(words) => {
                let check = vec![0xa5; 4 * usize::from(words)];
                let header = IpAuthHeader::new(next, 0x1234, 7, &check);
                header.map(|header| header.to_bytes().to_vec()).unwrap_or_default()
            }
            Self::Fragment(part) => {
                let offset = if part == Part::Later { 185 } else { 0 };
                let offset = IpFragOffset::try_new(offset).unwrap_or_default();
                let more = part == Part::First;
                Ipv6FragmentHeader::new(next, offset, more, 0xbeef).to_bytes().to_vec()
            }
        }
    }
}
