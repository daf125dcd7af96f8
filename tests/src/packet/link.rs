//! What stands before the IP header.

use etherparse::{EtherType, Ethernet2Header, SingleVlanHeader, VlanId};

/// 802.1Q.
pub const VLAN: u16 = 0x8100;
/// 802.1ad, the outer tag of `QinQ`.
pub const QINQ: u16 = 0x88a8;

/// The link layer.
#[derive(Clone, Debug)]
pub enum Link {
    /// Nothing, as on tun devices.
    None,
    /// Ethernet, with the ethertypes of its tags, the outer first.
    Ethernet(Vec<u16>),
}

impl Link {
    pub(super) fn bytes(&self, ipv6: bool) -> Vec<u8> {
        let Self::Ethernet(tags) = self else { return Vec::new() };
        let network = if ipv6 { EtherType::IPV6 } else { EtherType::IPV4 };
        let mut types = tags.iter().map(|tag| EtherType(*tag)).chain([network]);
        let mut next = || types.next().unwrap_or(network);
        let header = Ethernet2Header {
            source: [2, 0, 0, 0, 0, 1],
            destination: [2, 0, 0, 0, 0, 2],
            ether_type: next(),
        };
        let mut bytes = header.to_bytes().to_vec();
        for _tag in tags {
            let tag = SingleVlanHeader {
                vlan_id: VlanId::try_new(42).unwrap_or_default(),
                ether_type: next(),
                ..SingleVlanHeader::default()
            };
            bytes.extend(tag.to_bytes());
        }
        bytes
    }
}
