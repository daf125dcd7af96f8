//! Attached to the port below the tunnel: the outer header is what counts, and still the sender is
//! known. What is inside leaves as it was.

use qos_tests::{
    capture::{Capture, dscps},
    loader::Loader,
    netns::{Lab, NEAR},
    sender::process::Process,
};

use super::{Tos, Tunnel, inner};
use crate::{
    devices::{BY_PORT, CHOSEN, GAMES, MARKS, TRANSFER, datagram_to, end, ends, send},
    gso::transfer_inside,
};

pub(super) fn policies(tunnel: &Tunnel) -> String {
    let condition = tunnel.condition;
    format!(
        "[[policy]]\nname = \"user\"\nuser = {GAMES}\n{condition}\ndscp = 30
        [[policy]]\nname = \"outer\"\n{condition}\ndscp = 20\n{BY_PORT}"
    )
}

pub(super) fn check(tunnel: &Tunnel, lab: &Lab, capture: &Capture) {
    let loader = Loader::run(NEAR, &policies(tunnel));
    for &family in tunnel.inner {
        let place = format!("{family:?} in {}", tunnel.link);
        for ecn in 0..4 {
            for (port, _) in MARKS {
                send(family, ecn, port);
                let frame = datagram_to(capture, port, inner);
                let packet = inner(&frame).unwrap();
                packet.assert_checksums();
                let (packet, outer) = (packet.ip().unwrap(), frame.ip().unwrap());
                assert_eq!((packet.dscp(), packet.ecn()), (CHOSEN, ecn), "{place}: {frame:?}");
                let expected = (20, tunnel.outer_ecn(Tos::Default, ecn));
                assert_eq!((outer.dscp(), outer.ecn()), expected, "{place}: {frame:?}");
            }
        }
        Process { user: Some(GAMES), ..Process::default() }.send(ends(family).1, 6000);
        let frame = datagram_to(capture, 6000, inner);
        assert_eq!(frame.ip().unwrap().dscp(), 30, "the user's {place}: {frame:?}");

        let frames = transfer_inside(lab, capture, ends(family).1, TRANSFER, inner);
        let packets: Vec<_> = frames.iter().filter_map(inner).collect();
        assert_eq!(dscps(&packets), vec![0; frames.len()], "{place}");
        assert_eq!(dscps(&frames), vec![20; frames.len()], "{place}");
    }
    end(loader);
}
