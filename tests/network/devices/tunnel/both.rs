//! Attached to both: each header is marked by what it is itself. The socket is asked about both, in
//! turns.

use qos_tests::{
    capture::{Capture, dscps},
    loader::Loader,
    netns::{Lab, NEAR},
};

use super::{Tunnel, inner, outside::policies};
use crate::{
    devices::{MARKS, TOP, TRANSFER, datagram_to, end, ends, send},
    gso::transfer_inside,
};

pub(super) fn check(tunnel: &Tunnel, lab: &Lab, capture: &Capture) {
    let loader = Loader::run_with(&["-i", TOP, "-i", NEAR], &policies(tunnel));
    for &family in tunnel.inner {
        let place = format!("{family:?} in {}", tunnel.link);
        for (port, dscp) in MARKS {
            send(family, 0, port);
            let frame = datagram_to(capture, port, inner);
            let packet = inner(&frame).unwrap();
            assert_eq!(dscps(&[packet, frame]), [dscp, 20], "{place}");
        }
        let frames = transfer_inside(lab, capture, ends(family).1, TRANSFER, inner);
        let packets: Vec<_> = frames.iter().filter_map(inner).collect();
        assert_eq!(dscps(&packets), vec![46; frames.len()], "{place}");
        assert_eq!(dscps(&frames), vec![20; frames.len()], "{place}");
    }
    end(loader);
}
