//! What etherparse says of a packet.

use std::net::IpAddr;

use etherparse::{IpNumber, IpSlice, Ipv6ExtensionSlice};
use qos_common::{
    flow::{Address, Flow, Fragment, Ports, Version},
    wire::ports::has_ports,
};

/// The flow of an IP packet, as far as etherparse knows; its ports are [`Ports::NONE`] where the
/// packet is too short for them.
pub(crate) fn by_etherparse(packet: &[u8]) -> Option<Flow> {
    let ip = IpSlice::from_slice(packet).ok()?;
    let (source, destination, protocol, fragment) = match &ip {
        IpSlice::Ipv4(v4) => {
            let header = v4.header();
            let id = header.identification().into();
            let fragment = fragment(header.fragments_offset().value(), header.more_fragments(), id);
            let [source, destination] = [header.source(), header.destination()]
                .map(|octets| Address::from(IpAddr::from(octets)));
            (source, destination, header.protocol(), fragment)
        }
        IpSlice::Ipv6(v6) => {
            let header = v6.header();
            // It takes 0 for "to the end" whatever the packet's size.
            if header.payload_length() == 0 {
                return None;
            }
            let mut protocol = v6.payload().ip_number;
            let mut part = Fragment::WHOLE;
            for (count, extension) in v6.extensions().clone().into_iter().enumerate() {
                // Behind eight headers, or a later fragment's, we do not look.
                if count == 8 || part.is_later() {
                    return None;
                }
                if let Ipv6ExtensionSlice::Fragment(slice) = extension {
                    let offset = slice.fragment_offset().value();
                    part = fragment(offset, slice.more_fragments(), slice.identification());
                    protocol = if part.is_later() { slice.next_header() } else { protocol };
                }
            }
            // The one extension header that it does not know.
            if protocol == IpNumber(135) && !part.is_later() {
                return None;
            }
            let [source, destination] = [header.source(), header.destination()]
                .map(|octets| Address::from(IpAddr::from(octets)));
            (source, destination, protocol, part)
        }
    };
    let ports = match ip.payload().payload {
        [a, b, c, d, ..] if has_ports(protocol.0) && !fragment.is_later() => {
            Ports::new(u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]))
        }
        _ => Ports::NONE,
    };
    let version = if matches!(ip, IpSlice::Ipv6(_)) { Version::V6 } else { Version::V4 };
    Some(Flow { source, destination, version, protocol: protocol.0.into(), ports, fragment })
}

fn fragment(offset: u16, more: bool, id: u32) -> Fragment {
    match (offset, more) {
        (0, false) => Fragment::WHOLE,
        (0, true) => Fragment::first(id),
        _ => Fragment::later(id),
    }
}
