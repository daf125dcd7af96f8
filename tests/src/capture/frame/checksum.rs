//! The internet checksum (RFC 1071): all of what it covers, itself included, adds up to 0xffff.

use std::net::IpAddr;

use etherparse::{NetSlice, SlicedPacket};

use super::{Frame, Ip};

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;

/// Verifies the IPv4 header's and, if it is there and finished, the transport's.
pub(super) fn verify(frame: &Frame) -> Result<(), &'static str> {
    let Ok(packet) = SlicedPacket::from_ethernet(&frame.bytes) else { return Ok(()) };
    if let Some(NetSlice::Ipv4(v4)) = &packet.net
        && sum(v4.header().slice()) != 0xffff
    {
        return Err("the IPv4 header has a bad checksum");
    }
    let (Some(ip), Some(transport)) = (Ip::of(&packet), packet.ip_payload()) else { return Ok(()) };
    if frame.is_unfinished || ip.is_fragment || is_right(&ip, transport.payload) {
        Ok(())
    } else {
        Err("the transport header has a bad checksum")
    }
}

fn is_right(ip: &Ip, transport: &[u8]) -> bool {
    match ip.protocol {
        // UDP over IPv4 may do without.
        UDP if ip.source.is_ipv4() && transport[6..8] == [0, 0] => true,
        TCP | UDP | ICMPV6 => {
            let length = (transport.len() as u64).to_be_bytes();
            let parts: [&[u8]; 3] = [&pseudo_header(ip), &length, transport];
            sum(&parts.concat()) == 0xffff
        }
        ICMP => sum(transport) == 0xffff,
        _ => true,
    }
}

/// Addresses and protocol; the length is added as eight bytes, which add up to the same.
fn pseudo_header(ip: &Ip) -> Vec<u8> {
    let octets = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    [octets(ip.source), octets(ip.destination), vec![0, ip.protocol]].concat()
}

fn sum(bytes: &[u8]) -> u16 {
    let words =
        bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
    words.fold(0, |sum: u16, word| {
        let (sum, carry) = sum.overflowing_add(word);
        sum + u16::from(carry)
    })
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;

    use super::*;

    fn frame() -> Vec<u8> {
        let builder =
            PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64);
        let mut bytes = Vec::new();
        builder.udp(1, 2).write(&mut bytes, b"odd").unwrap();
        bytes
    }

    fn verified(bytes: Vec<u8>) -> Result<(), &'static str> {
        verify(&Frame { bytes: bytes.into(), is_unfinished: false })
    }

    #[test]
    fn what_is_right_is_right() {
        assert_eq!(verified(frame()), Ok(()));
    }

    #[test]
    fn one_wrong_bit_is_found() {
        let mut header = frame();
        header[15] ^= 0x28;
        assert_eq!(verified(header), Err("the IPv4 header has a bad checksum"));
        let mut payload = frame();
        payload[44] ^= 1;
        assert_eq!(verified(payload), Err("the transport header has a bad checksum"));
    }
}
