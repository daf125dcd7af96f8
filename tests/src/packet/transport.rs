//! Transport headers.

use etherparse::{TcpHeader, UdpHeader};

/// Whether the protocol is TCP, UDP, DCCP, SCTP or UDP-Lite.
pub const fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 33 | 132 | 136)
}

pub(super) fn bytes(protocol: u8, (source, destination): (u16, u16), payload: &[u8]) -> Vec<u8> {
    let mut bytes = match protocol {
        6 => TcpHeader::new(source, destination, 1, 65_535).to_bytes().to_vec(),
        17 => {
            let length = u16::try_from(8 + payload.len()).unwrap_or(u16::MAX);
            let header = UdpHeader {
                source_port: source,
                destination_port: destination,
                length,
                checksum: 0,
            };
            header.to_bytes().to_vec()
        }
        _ if has_ports(protocol) => {
            [source.to_be_bytes(), destination.to_be_bytes(), [0; 2], [0; 2]].concat()
        }
        _ => Vec::new(),
    };
    bytes.extend(payload);
    bytes
}
