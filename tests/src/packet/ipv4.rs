//! IPv4 headers.

use std::net::Ipv4Addr;

use etherparse::{IpDscp, IpEcn, IpFragOffset, IpNumber, Ipv4Header, Ipv4Options};

use super::Part;

/// What an IPv4 header says beside DSCP, ECN and protocol.
#[derive(Clone, Debug)]
pub struct V4 {
    /// Where the packet comes from.
    pub source: Ipv4Addr,
    /// Where it goes.
    pub destination: Ipv4Addr,
    /// Up to 40 bytes, in fours.
    pub options: Vec<u8>,
    /// Which part of the datagram it is.
    pub part: Part,
    /// The datagram's identification.
    pub identification: u16,
}

impl V4 {
    pub(super) fn write(&self, tos: u8, protocol: u8, payload: &[u8], frame: &mut Vec<u8>) {
        let offset = if self.part == Part::Later { 185 } else { 0 };
        let mut header = Ipv4Header {
            dscp: IpDscp::try_new(tos / 4).unwrap_or_default(),
            ecn: IpEcn::try_new(tos % 4).unwrap_or_default(),
            identification: self.identification,
            dont_fragment: self.part == Part::Whole,
            more_fragments: self.part == Part::First,
            fragment_offset: IpFragOffset::try_new(offset).unwrap_or_default(),
            time_to_live: 64,
            protocol: IpNumber(protocol),
            source: self.source.octets(),
            destination: self.destination.octets(),
            options: Ipv4Options::try_from(self.options.as_slice()).unwrap_or_default(),
            ..Ipv4Header::default()
        };
        let length = header.header_len() + payload.len();
        header.total_len = u16::try_from(length).unwrap_or(u16::MAX);
        header.header_checksum = header.calc_header_checksum();
        frame.extend(header.to_bytes());
        frame.extend(payload);
    }
}
