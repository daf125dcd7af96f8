//! A filter in the kernel (classic BPF), for tests with more traffic than could be captured.

use super::socket::PacketSocket;
use crate::sender::option;

/// The instructions of linux/filter.h that are needed: half a word at an offset, what is computed
/// with it, jumps, the end.
const LOAD_HALF: u16 = 0x28;
const AND: u16 = 0x54;
const SHIFT_RIGHT: u16 = 0x74;
const JUMP: u16 = 0x05;
const IS: u16 = 0x15;
const RETURN: u16 = 0x06;

const ETHERTYPE: u32 = 12;
const IP_HEADER: u32 = 14;
const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
/// Where the DSCP is in the first two bytes of the IP header.
const DSCP_V4: (u32, u32) = (0x00fc, 2);
const DSCP_V6: (u32, u32) = (0x0fc0, 6);
const ALL: u32 = u32::MAX;
const NOTHING: u32 = 0;

/// Which IP packets a socket receives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    /// Those with one of these DSCPs.
    Marked(&'a [u8]),
    /// Those with any other.
    MarkedOtherwise(&'a [u8]),
}

/// Has the socket receive only the packets that are `wanted`.
pub(super) fn let_through(socket: &PacketSocket, wanted: Wanted<'_>) {
    let (marks, listed, others) = match wanted {
        Wanted::Marked(marks) => (marks, ALL, NOTHING),
        Wanted::MarkedOtherwise(marks) => (marks, NOTHING, ALL),
    };
    let count = u8::try_from(marks.len()).unwrap();
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let dscp = |(mask, shift)| {
        [step(LOAD_HALF, 0, 0, IP_HEADER), step(AND, 0, 0, mask), step(SHIFT_RIGHT, 0, 0, shift)]
    };
    let mut steps = vec![step(LOAD_HALF, 0, 0, ETHERTYPE), step(IS, 0, 4, IPV4)];
    steps.extend(dscp(DSCP_V4));
    steps.push(step(JUMP, 0, 0, 4));
    steps.push(step(IS, 0, count + 5, IPV6));
    steps.extend(dscp(DSCP_V6));
    steps
        .extend((1..=count).rev().zip(marks).map(|(left, mark)| step(IS, left, 0, (*mark).into())));
    steps.extend([others, listed, NOTHING].map(|bytes| step(RETURN, 0, 0, bytes)));
    let (len, filter) = (steps.len().try_into().unwrap(), steps.as_mut_ptr());
    let program = libc::sock_fprog { len, filter };
    option::set(&socket.as_fd(), libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program);
}
