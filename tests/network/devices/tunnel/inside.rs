//! Attached to the tunnel's device: the inner packet is marked, and the outer has what the device
//! gives it.

use qos_tests::{
    capture::{Capture, dscps},
    loader::Loader,
    netns::Lab,
};

use super::{Tos, Tunnel, inner};
use crate::{
    devices::{BY_PORT, MARKS, TOP, TRANSFER, datagram_to, end, ends, send},
    gso::transfer_inside,
};

pub(super) fn check(tunnel: &Tunnel, tos: Tos, lab: &Lab, capture: &Capture) {
    let loader = Loader::run(TOP, BY_PORT);
    for &family in tunnel.inner {
        let place = format!("{family:?} in {}, TOS {tos:?}", tunnel.link);
        for ecn in 0..4 {
            for (port, dscp) in MARKS {
                send(family, ecn, port);
                let frame = datagram_to(capture, port, inner);
                let packet = inner(&frame).unwrap();
                packet.assert_checksums();
                let (packet, outer) = (packet.ip().unwrap(), frame.ip().unwrap());
                assert_eq!((packet.dscp(), packet.ecn()), (dscp, ecn), "{place}: {frame:?}");
                let expected = (tos.outer_dscp(dscp), tunnel.outer_ecn(tos, ecn));
                assert_eq!((outer.dscp(), outer.ecn()), expected, "{place}: {frame:?}");
            }
        }
        let frames = transfer_inside(lab, capture, ends(family).1, TRANSFER, inner);
        let packets: Vec<_> = frames.iter().filter_map(inner).collect();
        assert_eq!(dscps(&packets), vec![46; frames.len()], "{place}");
        assert_eq!(dscps(&frames), vec![tos.outer_dscp(46); frames.len()], "{place}");
    }
    end(loader);
}
