//! A filter in the kernel (classic BPF), for tests with more traffic than could be captured.

use super::socket::PacketSocket;
use crate::sender::option;

/// The instructions of linux/filter.h that are needed: half a word at an offset, jumps, the end.
const LOAD_HALF: u16 = 0x28;
const IS: u16 = 0x15;
const HAS_BITS: u16 = 0x45;
const RETURN: u16 = 0x06;

const ETHERTYPE: u32 = 12;
const IP_HEADER: u32 = 14;
const IPV4: u32 = 0x0800;
/// Where the DSCP is in the first two bytes of the IP header.
const DSCP_V4: u32 = 0x00fc;
const DSCP_V6: u32 = 0x0fc0;
const ALL: u32 = u32::MAX;

/// Has the socket receive only packets whose DSCP is 0.
pub(super) fn let_unmarked_through(socket: &PacketSocket) {
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut steps = [
        step(LOAD_HALF, 0, 0, ETHERTYPE),
        step(IS, 0, 2, IPV4),
        step(LOAD_HALF, 0, 0, IP_HEADER),
        step(HAS_BITS, 3, 2, DSCP_V4),
        step(LOAD_HALF, 0, 0, IP_HEADER),
        step(HAS_BITS, 1, 0, DSCP_V6),
        step(RETURN, 0, 0, ALL),
        step(RETURN, 0, 0, 0),
    ];
    let (len, filter) = (steps.len().try_into().unwrap(), steps.as_mut_ptr());
    let program = libc::sock_fprog { len, filter };
    option::set(&socket.as_fd(), libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program);
}
