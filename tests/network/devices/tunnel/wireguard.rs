//! `WireGuard`: what is inside can be seen behind the far device only. The outer packets keep their
//! sender, too.

mod keys;

use qos_tests::{
    capture::{Capture, Frame, Ip, dscps},
    loader::Loader,
    netns::{FAR, Lab, NEAR},
    sender::process::Process,
};

use super::{Tos, Tunnel, outside::policies};
use crate::{
    devices::{
        BY_PORT, CHOSEN, Family, GAMES, MARKS, Part, TOP, TRANSFER, datagram_to, end, ends, send,
    },
    gso::transfer_inside,
};

const WIREGUARD: Tunnel = Tunnel {
    part: Part { name: "WireGuard devices", option: "CONFIG_WIREGUARD" },
    link: "wireguard",
    outer: Family::V4,
    inner: &Family::BOTH,
    condition: "protocol = \"udp\"\ndestination-port = 51820",
};

/// The DSCP that the kernel gives to handshakes, AF41.
const HANDSHAKES: u8 = 34;

struct Captures {
    lab: Lab,
    outer: Capture,
    inner: Capture,
}

impl Captures {
    fn new() -> Self {
        let lab = super::lab(&WIREGUARD, Tos::Default);
        keys::exchange(&lab);
        let [outer, inner] = lab.in_far(|| [FAR, TOP].map(Capture::on));
        Self { lab, outer, inner }
    }

    /// The next datagram, and the packet that it came in: nothing else is on its way yet.
    fn next(&self, port: u16) -> (Ip, Ip) {
        let inner = packet(&datagram_to(&self.inner, port, packet)).unwrap();
        inner.assert_checksums();
        let outer = self.outer.take(1, |frame| is_message(frame, 4)).remove(0);
        (inner.ip().unwrap(), outer.ip().unwrap())
    }

    fn handshake(&self) -> Ip {
        self.outer.take(1, |frame| is_message(frame, 1)).remove(0).ip().unwrap()
    }

    /// The DSCPs inside a connection, and some of those outside.
    fn connection(&self, family: Family) -> (Vec<u8>, Vec<u8>) {
        let inner = transfer_inside(&self.lab, &self.inner, ends(family).1, TRANSFER, packet);
        let inner: Vec<_> = inner.iter().filter_map(packet).collect();
        (dscps(&inner), dscps(&self.outer.take(50, |frame| is_message(frame, 4))))
    }
}

/// The device's frames have no link header.
#[expect(clippy::unnecessary_wraps, reason = "of other tunnels some frames have none inside")]
fn packet(frame: &Frame) -> Option<Frame> {
    Some(Frame::of_packet(&frame.bytes))
}

/// Whether it is a message of a kind: 1 starts a handshake, 4 has data if it is no keepalive.
fn is_message(frame: &Frame, kind: u8) -> bool {
    const KEEPALIVE: usize = 32;
    let Some(ip) = frame.ip() else { return false };
    ip.destination_port() == Some(keys::PORT)
        && ip.payload.first() == Some(&kind)
        && ip.payload.len() > KEEPALIVE
}

#[test]
fn inside() {
    if WIREGUARD.part.is_missing() {
        return;
    }
    let captures = Captures::new();
    let loader = Loader::run(TOP, BY_PORT);
    for family in Family::BOTH {
        for ecn in 0..4 {
            let outer_ecn = WIREGUARD.outer_ecn(Tos::Default, ecn);
            for (port, dscp) in MARKS {
                send(family, ecn, port);
                let (inner, outer) = captures.next(port);
                assert_eq!((inner.dscp(), inner.ecn()), (dscp, ecn), "{family:?}");
                assert_eq!((outer.dscp(), outer.ecn()), (0, outer_ecn), "{family:?}");
            }
        }
    }
    for family in Family::BOTH {
        assert_eq!(captures.connection(family).0[..20], [46; 20]);
    }
    assert_eq!(captures.handshake().dscp(), HANDSHAKES);
    end(loader);
}

#[test]
fn outside() {
    if WIREGUARD.part.is_missing() {
        return;
    }
    let captures = Captures::new();
    let loader = Loader::run(NEAR, &policies(&WIREGUARD));
    for family in Family::BOTH {
        for ecn in 0..4 {
            let outer_ecn = WIREGUARD.outer_ecn(Tos::Default, ecn);
            for (port, _) in MARKS {
                send(family, ecn, port);
                let (inner, outer) = captures.next(port);
                assert_eq!((inner.dscp(), inner.ecn()), (CHOSEN, ecn), "{family:?}");
                assert_eq!((outer.dscp(), outer.ecn()), (20, outer_ecn), "{family:?}");
            }
        }
        Process { user: Some(GAMES), ..Process::default() }.send(ends(family).1, 6000);
        let (inner, outer) = captures.next(6000);
        assert_eq!((inner.dscp(), outer.dscp()), (0, 30), "the user's, {family:?}");
    }
    for family in Family::BOTH {
        let (inner, outer) = captures.connection(family);
        assert!(inner.iter().all(|dscp| *dscp == 0), "{inner:?}");
        assert_eq!(outer, [20; 50]);
    }
    assert_eq!(captures.handshake().dscp(), 20);
    end(loader);
}
