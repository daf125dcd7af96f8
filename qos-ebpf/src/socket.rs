//! The socket that sent a packet, and what it tells of the sender.

use aya_ebpf::{
    bindings::{__sk_buff, bpf_sock},
    helpers::generated::{
        bpf_get_listener_sock, bpf_get_socket_uid, bpf_sk_fullsock, bpf_skb_ancestor_cgroup_id,
    },
    programs::TcContext,
};
use qos_common::{flow::Ports, sender::Sender};

/// `TCP_ESTABLISHED` (`include/net/tcp_states.h`), which connected UDP sockets are in too.
const ESTABLISHED: u32 = 1;

/// `SOCK_RAW` (`include/linux/net.h`).
const RAW: u32 = 3;

/// A full socket: the sender's own, or the listener for a SYN-ACK.
#[derive(Clone, Copy)]
pub(crate) struct Socket {
    skb: *mut __sk_buff,
    sock: *mut bpf_sock,
}

impl Socket {
    /// The packet's socket; none if it is forwarded or sent for a connection that is gone.
    #[inline(always)]
    pub(crate) fn of(ctx: &TcContext) -> Option<Self> {
        let skb = ctx.skb.skb;
        // SAFETY: the context is valid while the program runs, and `sk` is its only use of the union.
        let any = unsafe { (*skb).__bindgen_anon_2.sk };
        if any.is_null() {
            return None;
        }
        // SAFETY: `any` is a socket that the packet holds.
        let mut sock = unsafe { bpf_sk_fullsock(any) };
        if sock.is_null() {
            // SAFETY: as above; the helper answers NULL for what is no request of a listener.
            sock = unsafe { bpf_get_listener_sock(any) };
        }
        (!sock.is_null()).then_some(Self { skb, sock })
    }

    /// For storage helpers.
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut bpf_sock {
        self.sock
    }

    /// Whether the socket has a peer, so that its packets are of one flow.
    #[inline(always)]
    pub(crate) fn is_connected(&self) -> bool {
        // SAFETY: a full socket's fields are readable while the program runs.
        unsafe { (*self.sock).state == ESTABLISHED }
    }

    /// The user that owns the socket.
    #[inline(always)]
    pub(crate) fn uid(&self) -> u32 {
        // SAFETY: the context is valid while the program runs.
        unsafe { bpf_get_socket_uid(self.skb) }
    }

    /// The socket's ports, if it is one of `protocol` and not a raw one, whose port is its protocol
    /// number; a socket without a peer knows its own only.
    #[inline(always)]
    pub(crate) fn ports(&self, protocol: u8) -> Ports {
        // SAFETY: a full socket's fields are readable while the program runs.
        let (kind, own) = unsafe { ((*self.sock).type_, (*self.sock).protocol) };
        // SAFETY: as above.
        let (source, destination) = unsafe { ((*self.sock).src_port, (*self.sock).dst_port) };
        if kind == RAW || own != u32::from(protocol) {
            return Ports::NONE;
        }
        let destination = match u16::from_be(destination) {
            0 => Ports::UNKNOWN,
            port => u32::from(port),
        };
        Ports { source: source & 0xffff, destination }
    }
}

impl Sender for Socket {
    #[inline(always)]
    fn user(&self) -> Option<u32> {
        Some(self.uid())
    }

    #[inline(always)]
    fn cgroup(&self, level: u32) -> Option<u64> {
        // SAFETY: the context is valid while the program runs.
        match unsafe { bpf_skb_ancestor_cgroup_id(self.skb, level.cast_signed()) } {
            0 => None,
            id => Some(id),
        }
    }
}
