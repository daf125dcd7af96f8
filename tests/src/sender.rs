//! Real senders: sockets with all that can make their packets unusual, and frames as they are.

pub(crate) mod option;
pub mod process;
pub mod tcp;
pub mod tun;

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    os::fd::AsFd,
};

use nix::sys::socket::{setsockopt, sockopt};

pub use crate::capture::socket::PacketSocket;

/// A UDP socket at a port of `source`; 0 for any.
pub fn udp(source: &str, port: u16) -> UdpSocket {
    UdpSocket::bind(endpoint(source, port)).unwrap()
}

/// An address with a port.
pub fn endpoint(address: &str, port: u16) -> SocketAddr {
    SocketAddr::new(address.parse().unwrap(), port)
}

/// Sets the TOS byte or Traffic Class of what the socket sends.
pub fn set_traffic_class(socket: &impl AsFd, address: &str, value: u8) {
    match address.parse().unwrap() {
        IpAddr::V4(_) => setsockopt(socket, sockopt::Ipv4Tos, &value.into()),
        IpAddr::V6(_) => setsockopt(socket, sockopt::Ipv6TClass, &value.into()),
    }
    .unwrap();
}

/// Has the socket put IPv4 options into its packets.
pub fn set_v4_options(socket: &impl AsFd, options: &[u8]) {
    option::set_bytes(socket, libc::IPPROTO_IP, libc::IP_OPTIONS, options);
}

/// An extension header that a socket puts into its packets.
#[derive(Clone, Copy, Debug)]
pub enum Extension {
    /// Hop-by-hop options.
    HopByHop,
    /// Destination options.
    Destination,
}

/// Has the socket put an IPv6 extension header with nothing but padding into its packets.
pub fn add_v6_extension(socket: &impl AsFd, extension: Extension) {
    // Next header (the kernel's), 0 more units, PadN of 4 bytes.
    const PADDING: [u8; 8] = [0, 0, 1, 4, 0, 0, 0, 0];
    let name = match extension {
        Extension::HopByHop => libc::IPV6_HOPOPTS,
        Extension::Destination => libc::IPV6_DSTOPTS,
    };
    option::set_bytes(socket, libc::IPPROTO_IPV6, name, &PADDING);
}

/// Has the socket collect what it is sent into one datagram, until it is told to stop.
pub fn set_cork(socket: &impl AsFd, on: bool) {
    option::set(socket, libc::SOL_UDP, libc::UDP_CORK, &i32::from(on));
}

/// Has the socket cut what it is sent into datagrams of `size` bytes.
pub fn set_segment_size(socket: &impl AsFd, size: u16) {
    setsockopt(socket, sockopt::UdpGsoSegment, &size.into()).unwrap();
}

/// The most bytes a second that TCP hands out for a socket.
pub fn pacing_rate(socket: &impl AsFd) -> u32 {
    option::get(socket, libc::SOL_SOCKET, libc::SO_MAX_PACING_RATE)
}

/// Sets that.
pub fn set_pacing_rate(socket: &impl AsFd, rate: u32) {
    option::set(socket, libc::SOL_SOCKET, libc::SO_MAX_PACING_RATE, &rate);
}

/// How many segments TCP has sent again.
pub fn tcp_retransmissions(socket: &impl AsFd) -> u32 {
    let info: libc::tcp_info = option::get(socket, libc::SOL_TCP, libc::TCP_INFO);
    info.tcpi_total_retrans
}

/// Has a raw IPv4 socket send packets with the header that is in them.
pub fn set_header_included(socket: &impl AsFd) {
    option::set(socket, libc::IPPROTO_IP, libc::IP_HDRINCL, &1_i32);
}

/// Has the kernel offer no larger window on a TCP socket at first, and so no larger scale.
pub fn clamp_window(socket: &impl AsFd, size: u32) {
    option::set(socket, libc::IPPROTO_TCP, libc::TCP_WINDOW_CLAMP, &size.cast_signed());
}

/// What [`clamp_window`] or somebody else has set; 0 if nobody has.
pub fn window_clamp(socket: &impl AsFd) -> i32 {
    option::get(socket, libc::IPPROTO_TCP, libc::TCP_WINDOW_CLAMP)
}
