//! A packet socket.

use std::{
    cell::RefCell,
    io::{IoSlice, IoSliceMut},
    os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd},
    time::Duration,
};

use bytes::{BufMut as _, Bytes, BytesMut};
use nix::{
    errno::Errno,
    net::if_::if_nametoindex,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::socket::{
        AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockType,
        SockaddrLike as _, bind, recvmsg, sendmsg, setsockopt, socket, sockopt,
    },
};

use super::Frame;
use crate::sender::option;

const LARGEST_FRAME: usize = 1 << 18;
const BUFFER: usize = 64 << 20;
/// `ETH_P_ALL`
const ALL: u16 = 3;
/// Destination and source address: a tag stands behind them.
const ADDRESSES: usize = 12;

/// A packet socket on one interface, which sends and receives whole frames.
#[derive(Debug)]
pub struct PacketSocket {
    socket: OwnedFd,
    buffer: RefCell<Vec<u8>>,
}

impl PacketSocket {
    /// Opens it on an interface of the thread's namespace.
    pub fn on(interface: &str) -> Self {
        let socket =
            socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None).unwrap();
        option::set(&socket, libc::SOL_PACKET, libc::PACKET_AUXDATA, &1_i32);
        option::set(&socket, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, &1_i32);
        setsockopt(&socket, sockopt::RcvBufForce, &BUFFER).unwrap();
        bind(socket.as_raw_fd(), &address(interface)).unwrap();
        Self { socket, buffer: RefCell::new(vec![0; LARGEST_FRAME]) }
    }

    /// The socket itself.
    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sends a frame as it is.
    pub fn send(&self, frame: &[u8]) {
        let sent = sendmsg::<()>(
            self.socket.as_raw_fd(),
            &[IoSlice::new(frame)],
            &[],
            MsgFlags::empty(),
            None,
        );
        assert_eq!(sent, Ok(frame.len()));
    }

    /// The next frame, if one arrives in time.
    pub(super) fn receive(&self, patience: Duration) -> Option<Frame> {
        let timeout = PollTimeout::try_from(patience).unwrap();
        let mut ready = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, timeout) {
            Ok(0) => return None,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => panic!("poll: {error}"),
        }
        let mut buffer = self.buffer.borrow_mut();
        let mut slices = [IoSliceMut::new(&mut buffer)];
        let mut control = nix::cmsg_space!(libc::tpacket_auxdata);
        let flags = MsgFlags::MSG_DONTWAIT;
        let message =
            match recvmsg::<()>(self.socket.as_raw_fd(), &mut slices, Some(&mut control), flags) {
                Ok(message) => message,
                Err(Errno::EAGAIN) => return None,
                Err(error) => panic!("recvmsg: {error}"),
            };
        assert!(!message.flags.contains(MsgFlags::MSG_TRUNC), "a frame is too long");
        let auxdata = message.cmsgs().unwrap().find_map(auxdata).expect("no PACKET_AUXDATA");
        let length = message.bytes;
        Some(Frame::new(with_tag(&buffer[..length], &auxdata), &auxdata))
    }

    /// How many frames the kernel dropped since the last call of this or of
    /// [`PacketSocket::arrived`].
    pub(super) fn lost(&self) -> u32 {
        self.statistics().tp_drops
    }

    /// How many frames came since then, with those that the kernel dropped.
    pub(super) fn arrived(&self) -> u32 {
        self.statistics().tp_packets
    }

    fn statistics(&self) -> libc::tpacket_stats {
        option::get(&self.socket, libc::SOL_PACKET, libc::PACKET_STATISTICS)
    }

    /// Has the kernel keep next to nothing.
    pub(super) fn keep_nothing(&self) {
        setsockopt(&self.socket, sockopt::RcvBufForce, &0).unwrap();
    }
}

fn auxdata(message: ControlMessageOwned) -> Option<libc::tpacket_auxdata> {
    let ControlMessageOwned::Unknown(message) = message else { return None };
    let header = message.cmsg_header;
    let is_auxdata =
        header.cmsg_level == libc::SOL_PACKET && header.cmsg_type == libc::PACKET_AUXDATA;
    let bytes = message.data_bytes;
    let fits = bytes.len() >= size_of::<libc::tpacket_auxdata>();
    // SAFETY: there are enough bytes, and every value of them is one of the structure.
    (is_auxdata && fits)
        .then(|| unsafe { bytes.as_ptr().cast::<libc::tpacket_auxdata>().read_unaligned() })
}

/// The frame with the tag in it that the kernel took out.
fn with_tag(frame: &[u8], auxdata: &libc::tpacket_auxdata) -> Bytes {
    if auxdata.tp_status & libc::TP_STATUS_VLAN_VALID == 0 {
        return Bytes::copy_from_slice(frame);
    }
    let (addresses, rest) = frame.split_at(ADDRESSES);
    let mut bytes = BytesMut::from(addresses);
    bytes.put_u16(auxdata.tp_vlan_tpid);
    bytes.put_u16(auxdata.tp_vlan_tci);
    bytes.put_slice(rest);
    bytes.freeze()
}

fn address(interface: &str) -> LinkAddr {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET.try_into().unwrap(),
        sll_protocol: ALL.to_be(),
        sll_ifindex: if_nametoindex(interface).unwrap().cast_signed(),
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    let length = u32::try_from(size_of::<libc::sockaddr_ll>()).unwrap();
    // SAFETY: the address is a valid one of this length.
    unsafe { LinkAddr::from_raw((&raw const address).cast(), Some(length)) }.unwrap()
}
