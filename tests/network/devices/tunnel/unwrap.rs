//! The packet that is in another.

use bytes::Bytes;
use qos_tests::capture::Frame;

const IPV4: u8 = 4;
const IPV6: u8 = 41;
const GRE: u8 = 47;
const UDP: u8 = 17;
/// Ports of VXLAN (RFC 7348) and GENEVE (RFC 8926), whose headers are of eight bytes both.
const ETHERNET_PORTS: [u16; 2] = [4789, 6081];
/// The ethertype of Ethernet in GRE.
const ETHERNET: [u8; 2] = [0x65, 0x58];

/// What the tunnel's packet holds; `None` of a packet that is no tunnel's.
pub(super) fn inner(frame: &Frame) -> Option<Frame> {
    let ip = frame.ip()?;
    let inner = match (ip.protocol, ip.destination_port()) {
        (IPV4 | IPV6, _) => Frame::of_packet(&ip.payload),
        (GRE, _) if ip.payload.get(2..4)? == ETHERNET => ethernet(ip.payload.slice(4..)),
        (GRE, _) => Frame::of_packet(ip.payload.get(4..)?),
        (UDP, Some(port)) if ETHERNET_PORTS.contains(&port) => {
            ip.payload.get(8..)?;
            ethernet(ip.payload.slice(8..))
        }
        _ => return None,
    };
    Some(Frame { is_unfinished: frame.is_unfinished, ..inner })
}

fn ethernet(bytes: Bytes) -> Frame {
    Frame { bytes, is_unfinished: false }
}
