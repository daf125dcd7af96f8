//! The TCP sockets that these programs are given, and their options.

use core::ffi::{c_int, c_void};

use aya_ebpf::{
    helpers::generated::{
        bpf_get_netns_cookie, bpf_getsockopt, bpf_setsockopt, bpf_skc_to_tcp_sock,
    },
    programs::SockOpsContext,
};

/// `TCP_LISTEN` (`include/net/tcp_states.h`).
pub(super) const LISTENS: u8 = 10;

/// What the kernel hands to `iter/tcp` (`struct bpf_iter__tcp`, `net/ipv4/tcp_ipv4.c`): each TCP socket
/// of the network namespace that the loader is in.
#[repr(C)]
pub struct EachTcp {
    meta: *mut c_void,
    sock: *mut c_void,
    user: u32,
}

/// Where a `struct sock_common` has its state (`include/net/sock.h`), since Linux 3.9.
const STATE: usize = 18;

impl EachTcp {
    /// The socket, if there is one and it is in `state`.
    ///
    /// # Safety
    ///
    /// `each` must be what the kernel hands to the iterator.
    #[inline(always)]
    pub(super) unsafe fn in_state(each: *mut Self, state: u8) -> Option<Holder> {
        // SAFETY: the caller vouches for it.
        unsafe { Self::where_state(each, |one| one == state) }
    }

    /// The socket, if there is one and its state `is_wanted`.
    ///
    /// # Safety
    ///
    /// As for [`EachTcp::in_state`].
    #[inline(always)]
    pub(super) unsafe fn where_state(
        each: *mut Self,
        is_wanted: impl FnOnce(u8) -> bool,
    ) -> Option<Holder> {
        // SAFETY: the context is valid while the program runs; at the end the socket is null.
        let sock = unsafe { (*each).sock };
        if sock.is_null() {
            return None;
        }
        // SAFETY: the verifier knows the type at that offset, and refuses the program if it is another.
        if !is_wanted(unsafe { sock.byte_add(STATE).cast::<u8>().read_volatile() }) {
            return None;
        }
        // SAFETY: the helper takes any socket; null is none of TCP, or not a full one.
        let tcp = unsafe { bpf_skc_to_tcp_sock(sock) };
        (!tcp.is_null()).then_some(Holder { options: tcp.cast(), socket: tcp.cast() })
    }
}

/// A TCP socket, by what helpers take for it.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    options: *mut c_void,
    /// For storage.
    pub(super) socket: *mut c_void,
}

impl Holder {
    /// The one that `ctx` is about.
    #[inline(always)]
    pub(super) fn of(ctx: &SockOpsContext) -> Option<Self> {
        // SAFETY: the context is valid while the program runs, and `sk` is its only use of the union.
        let socket = unsafe { (*ctx.ops).__bindgen_anon_2.sk };
        (!socket.is_null()).then_some(Self { options: ctx.ops.cast(), socket: socket.cast() })
    }

    /// The value of an option that is a number.
    #[inline(always)]
    pub(super) fn option(self, level: c_int, name: c_int) -> Option<u32> {
        let mut value = 0_u32;
        // SAFETY: it writes at most the value.
        let failed =
            unsafe { bpf_getsockopt(self.options, level, name, (&raw mut value).cast(), 4) };
        (failed == 0).then_some(value)
    }

    /// Sets one.
    #[inline(always)]
    pub(super) fn set_option(self, level: c_int, name: c_int, mut value: u32) {
        // SAFETY: it reads the value. Where the kernel refuses it, the socket stays as it was.
        unsafe { bpf_setsockopt(self.options, level, name, (&raw mut value).cast(), 4) };
    }
}

/// The cookie of the network namespace of the socket that `ctx` is about.
#[inline(always)]
pub(super) fn namespace(ctx: &SockOpsContext) -> u64 {
    // SAFETY: the context is valid while the program runs.
    unsafe { bpf_get_netns_cookie(ctx.ops.cast()) }
}
