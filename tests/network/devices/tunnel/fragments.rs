//! A tunnel whose packets do not fit through the port: the outer packet is cut, and its sender's
//! socket remembers the outer ports for the later fragments.

use qos_tests::{
    capture::{Capture, dscps},
    loader::Loader,
    netns::{FAR, NEAR, ip},
    sender::{endpoint, udp},
};

use super::{Tos, Tunnel, kinds::VXLAN, outside::policies};
use crate::devices::{Family, TOP, end, ends};

#[test]
fn all_have_the_mark() {
    if VXLAN.part.is_missing() {
        return;
    }
    // Without the device below, it may be told that more fits.
    let link = "vxlan id 5 local HERE remote THERE dstport 4789";
    let lab = super::lab(&Tunnel { link, ..VXLAN }, Tos::Default);
    ip(&format!("link set {TOP} mtu 1500"));
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run(NEAR, &policies(&VXLAN));
    for (source, destination) in Family::BOTH.map(ends) {
        // The next that is too long would be cut inside. A socket that is closed while the packet waits
        // for the neighbour's address remembers nothing.
        let socket = udp(source, 0);
        socket.send_to(&[0; 1440], endpoint(destination, 5000)).unwrap();
        let is_fragment = |ip: qos_tests::capture::Ip| ip.is_fragment;
        let fragments = capture.take(2, |frame| frame.ip().is_some_and(is_fragment));
        assert_eq!(dscps(&fragments), [20; 2], "{source}: {fragments:?}");
    }
    end(loader);
}
