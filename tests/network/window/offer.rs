//! What packets of TCP say of the window.

use std::fs;

use etherparse::{SlicedPacket, TcpOptionElement, TransportSlice};
use qos_tests::capture::{Capture, Frame, Ip};

/// The window in a packet, without its scale, and the scale for the others if it is a SYN.
pub(super) fn offer(frame: &Frame) -> Option<(u32, Option<u8>)> {
    let packet = SlicedPacket::from_ethernet(&frame.bytes).ok()?;
    let Some(TransportSlice::Tcp(tcp)) = packet.transport else { return None };
    let scale = tcp.options_iterator().find_map(|option| match option {
        Ok(TcpOptionElement::WindowScale(scale)) => Some(scale),
        _ => None,
    });
    Some((tcp.window_size().into(), scale))
}

/// The scale in the next SYN or SYN-ACK that is `wanted`. Its own window has none.
pub(super) fn offer_from(capture: &Capture, wanted: impl Fn(&Ip) -> bool) -> u8 {
    let is_it = |frame: &Frame| frame.ip().is_some_and(|ip| ip.flags.0 && wanted(&ip));
    let frame = capture.take(1, is_it).remove(0);
    let (_, scale) = offer(&frame).unwrap();
    scale.unwrap_or_else(|| panic!("no scale in {frame:?}"))
}

/// Lets receive buffers of the thread's namespace grow to 64 MiB, for windows of a scale of 11.
pub(super) fn raise_limits() {
    fs::write("/proc/sys/net/ipv4/tcp_rmem", "4096 131072 67108864").unwrap();
}
