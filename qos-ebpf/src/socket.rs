//! The socket that sent a packet.

use aya_ebpf::{
    bindings::{__sk_buff, bpf_sock},
    helpers::generated::{
        bpf_get_listener_sock, bpf_get_socket_uid, bpf_sk_fullsock, bpf_skb_ancestor_cgroup_id,
        bpf_skb_cgroup_id,
    },
};
use qos_common::{
    flow::Ports,
    kernel::{Field, KernelLayout},
    request::peer::Peer,
};

use crate::{identity::read::field, verifier};

/// `TCP_ESTABLISHED` (`include/net/tcp_states.h`), which connected UDP sockets are in too.
const ESTABLISHED: u32 = 1;

/// `IPPROTO_TCP`
const TCP: u32 = 6;

/// `SOCK_RAW` (`include/linux/net.h`).
const RAW: u32 = 3;

/// The socket that a packet holds, of any kind.
#[derive(Clone, Copy)]
pub(crate) struct Holder {
    skb: *mut __sk_buff,
    sock: *mut bpf_sock,
}

impl Holder {
    /// None if the packet is forwarded.
    #[inline(always)]
    pub(crate) fn of(skb: *mut __sk_buff) -> Option<Self> {
        // SAFETY: the context is valid while the program runs, and `sk` is its only use of the union.
        let sock = unsafe { (*skb).__bindgen_anon_2.sk };
        (!sock.is_null()).then_some(Self { skb, sock })
    }

    /// The packet.
    #[inline(always)]
    pub(crate) const fn skb(self) -> *mut __sk_buff {
        self.skb
    }

    /// For storage helpers, which know whether it is a full socket.
    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut bpf_sock {
        self.sock
    }

    /// The full socket: this one or the listener for a SYN-ACK; none for a connection that is gone.
    #[inline(always)]
    pub(crate) fn full(self) -> Option<Socket> {
        // SAFETY: the packet holds the socket.
        let mut sock = unsafe { bpf_sk_fullsock(self.sock) };
        if sock.is_null() {
            // SAFETY: as above; the helper answers NULL for what is no request of a listener.
            sock = unsafe { bpf_get_listener_sock(self.sock) };
        }
        (!sock.is_null()).then_some(Socket { skb: self.skb, sock })
    }

    /// Whether it is a connection of TCP, which knows what of it waits.
    #[inline(always)]
    pub(crate) fn is_tcp(self) -> bool {
        // SAFETY: the packet holds the socket.
        let sock = unsafe { bpf_sk_fullsock(self.sock) };
        // SAFETY: a full socket's fields are readable while the program runs.
        !sock.is_null() && unsafe { (*sock).protocol == TCP && (*sock).type_ != RAW }
    }

    /// Whether the socket has a peer, so that its packets are of one flow.
    #[inline(always)]
    pub(crate) fn is_connected(self) -> bool {
        // SAFETY: sockets of all kinds have a state, readable while the program runs.
        unsafe { (*self.sock).state == ESTABLISHED }
    }

    /// The user that owns the full socket, as the network namespace's user namespace numbers users;
    /// the overflow user if there is none.
    #[inline(always)]
    pub(crate) fn uid(self) -> u32 {
        uid(self.skb)
    }
}

/// A full socket.
#[derive(Clone, Copy)]
pub(crate) struct Socket {
    skb: *mut __sk_buff,
    sock: *mut bpf_sock,
}

impl Socket {
    /// For storage helpers.
    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut bpf_sock {
        self.sock
    }

    /// As [`Holder::uid`].
    #[inline(always)]
    pub(crate) fn uid(self) -> u32 {
        uid(self.skb)
    }

    /// The user that owns the socket, as the initial user namespace numbers users, if the loader has
    /// told where the kernel has it.
    #[inline(always)]
    pub(crate) fn owner(self, layout: &KernelLayout) -> Option<u32> {
        if layout.offset(Field::SocketUser) == 0 {
            return None;
        }
        field(verifier::address(self.sock), layout, Field::SocketUser)
    }

    /// The id of the cgroup that the socket was made in.
    #[inline(always)]
    pub(crate) fn cgroup(self) -> u64 {
        // SAFETY: the context is valid while the program runs.
        unsafe { bpf_skb_cgroup_id(self.skb) }
    }

    /// The id of that cgroup's ancestor at `level`, or 0.
    #[inline(always)]
    pub(crate) fn cgroup_ancestor(self, level: u32) -> u64 {
        // SAFETY: the context is valid while the program runs.
        unsafe { bpf_skb_ancestor_cgroup_id(self.skb, level.cast_signed()) }
    }

    /// Whether it sends packets of whatever protocol.
    #[inline(always)]
    pub(crate) fn is_raw(self) -> bool {
        // SAFETY: a full socket's fields are readable while the program runs.
        unsafe { (*self.sock).type_ == RAW }
    }

    /// The socket's ports, if it is one of `protocol` and not a raw one, whose port is its protocol
    /// number; a socket without a peer knows its own only.
    #[inline(always)]
    pub(crate) fn ports(&self, protocol: u32) -> Ports {
        // SAFETY: a full socket's fields are readable while the program runs.
        let own = unsafe { (*self.sock).protocol };
        // SAFETY: as above.
        let (source, destination) = unsafe { ((*self.sock).src_port, (*self.sock).dst_port) };
        if self.is_raw() || own != protocol {
            return Ports::NONE;
        }
        let destination = match u16::from_be(destination) {
            0 => Ports::UNKNOWN,
            port => u32::from(port),
        };
        Ports { source: source & 0xffff, destination }
    }

    /// Whose connection it is, of a socket of TCP that sends packets of this family.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a port, or none")]
    pub(crate) fn peer(self, is_ipv6: bool) -> u64 {
        let ports = self.ports(TCP);
        let peer = Peer { remote: ports.destination as u16, local: ports.source as u16 };
        if is_ipv6 {
            // SAFETY: a full socket's fields are readable while the program runs.
            peer.at_v6(unsafe { (*self.sock).dst_ip6 })
        } else {
            // SAFETY: as above.
            peer.at_v4(unsafe { (*self.sock).dst_ip4 })
        }
    }
}

/// The user that owns the packet's full socket.
#[inline(always)]
fn uid(skb: *mut __sk_buff) -> u32 {
    // SAFETY: the context is valid while the program runs.
    unsafe { bpf_get_socket_uid(skb) }
}
