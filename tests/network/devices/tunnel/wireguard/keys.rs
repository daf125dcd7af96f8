//! Keys and peers of `WireGuard` devices, which `ip` can't set (generic netlink).

use netlink_packet_generic::{
    GenlFamily, GenlMessage,
    ctrl::{GenlCtrl, GenlCtrlCmd, nlas::GenlCtrlAttrs},
};
use netlink_packet_wireguard::{
    WireguardAddressFamily, WireguardAllowedIp, WireguardAllowedIpAttr, WireguardAttribute,
    WireguardCmd, WireguardMessage, WireguardPeer, WireguardPeerAttribute,
};
use qos_tests::{
    netns::{FAR_V4, Lab, NEAR_V4, address},
    sender::endpoint,
};
use rtnetlink::{
    packet_core::{
        NLM_F_ACK, NLM_F_REQUEST, NetlinkDeserializable, NetlinkMessage, NetlinkPayload,
        NetlinkSerializable,
    },
    sys::{Socket, SocketAddr, protocols::NETLINK_GENERIC},
};

use crate::devices::TOP;

/// Where both sides listen.
pub(super) const PORT: u16 = 51820;

/// The secret key of a side, which is this byte 32 times, and the public key that belongs to it.
struct Key(u8, [u8; 32]);

const NEARS: Key = Key(
    1,
    [
        0xa4, 0xe0, 0x92, 0x92, 0xb6, 0x51, 0xc2, 0x78, 0xb9, 0x77, 0x2c, 0x56, 0x9f, 0x5f, 0xa9,
        0xbb, 0x13, 0xd9, 0x06, 0xb4, 0x6a, 0xb6, 0x8c, 0x9d, 0xf9, 0xdc, 0x2b, 0x44, 0x09, 0xf8,
        0xa2, 0x09,
    ],
);
const FARS: Key = Key(
    2,
    [
        0xce, 0x8d, 0x3a, 0xd1, 0xcc, 0xb6, 0x33, 0xec, 0x7b, 0x70, 0xc1, 0x78, 0x14, 0xa5, 0xc7,
        0x6e, 0xcd, 0x02, 0x96, 0x85, 0x05, 0x0d, 0x34, 0x47, 0x45, 0xba, 0x05, 0x87, 0x0e, 0x58,
        0x7d, 0x59,
    ],
);

/// Makes the devices of both sides each other's peers.
pub(super) fn exchange(lab: &Lab) {
    configure(&NEARS, &FARS, FAR_V4);
    lab.in_far(|| configure(&FARS, &NEARS, NEAR_V4));
}

fn configure(own: &Key, peer: &Key, there: &str) {
    let all = |family, any| {
        WireguardAllowedIp(vec![
            WireguardAllowedIpAttr::Family(family),
            WireguardAllowedIpAttr::IpAddr(address(any)),
            WireguardAllowedIpAttr::Cidr(0),
        ])
    };
    let peer = WireguardPeer(vec![
        WireguardPeerAttribute::PublicKey(peer.1),
        WireguardPeerAttribute::Endpoint(endpoint(there, PORT)),
        WireguardPeerAttribute::AllowedIps(vec![
            all(WireguardAddressFamily::Ipv4, "0.0.0.0"),
            all(WireguardAddressFamily::Ipv6, "::"),
        ]),
    ]);
    let attributes = vec![
        WireguardAttribute::IfName(TOP.to_owned()),
        WireguardAttribute::PrivateKey([own.0; 32]),
        WireguardAttribute::ListenPort(PORT),
        WireguardAttribute::Peers(vec![peer]),
    ];
    let mut message =
        GenlMessage::from_payload(WireguardMessage { cmd: WireguardCmd::SetDevice, attributes });
    message.set_resolved_family_id(family());
    assert!(request(message, NLM_F_ACK).is_none());
}

/// The number that the kernel gave to what `WireGuard` understands.
fn family() -> u16 {
    let nlas = vec![GenlCtrlAttrs::FamilyName(WireguardMessage::family_name().to_owned())];
    let question = GenlMessage::from_payload(GenlCtrl { cmd: GenlCtrlCmd::GetFamily, nlas });
    let answer = request(question, 0).unwrap().payload.nlas;
    let number = answer.iter().find_map(|attribute| {
        if let GenlCtrlAttrs::FamilyId(number) = attribute { Some(*number) } else { None }
    });
    number.unwrap()
}

/// The answer to a request, if it is not just that the kernel did it.
fn request<F: GenlFamily + core::fmt::Debug>(
    message: GenlMessage<F>,
    flags: u16,
) -> Option<GenlMessage<F>>
where
    GenlMessage<F>:
        NetlinkSerializable + NetlinkDeserializable + Into<NetlinkPayload<GenlMessage<F>>>,
{
    let mut socket = Socket::new(NETLINK_GENERIC).unwrap();
    socket.bind_auto().unwrap();
    socket.connect(&SocketAddr::new(0, 0)).unwrap();
    let mut message = NetlinkMessage::from(message);
    message.header.flags = NLM_F_REQUEST | flags;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0).unwrap();
    let (answer, _) = socket.recv_from_full().unwrap();
    let payload = NetlinkMessage::<GenlMessage<F>>::deserialize(&answer).unwrap().payload;
    if let NetlinkPayload::InnerMessage(answer) = payload {
        return Some(answer);
    }
    let is_done = matches!(&payload, NetlinkPayload::Error(error) if error.code.is_none());
    assert!(is_done, "the kernel refuses it: {payload:?}");
    None
}
