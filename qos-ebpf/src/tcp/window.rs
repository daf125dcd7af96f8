//! The receive window of new connections, by the clamp that the kernel chooses the window's scale by:
//! of a socket that connects, and of one that listens for those that it accepts.

use core::ffi::c_int;

use aya_ebpf::{
    bindings::{
        BPF_F_NO_PREALLOC, BPF_SK_STORAGE_GET_F_CREATE, BPF_SOCK_OPS_TCP_CONNECT_CB,
        BPF_SOCK_OPS_TCP_LISTEN_CB,
    },
    btf_maps::Array,
    macros::{btf_map, sock_ops},
    programs::SockOpsContext,
};
use qos_common::window::{Clamped, WindowLimit, within};

use super::socket::{EachTcp, Holder, LISTENS, namespace};
use crate::storage::Storage;

/// `SOL_TCP` (`include/linux/socket.h`) and `TCP_WINDOW_CLAMP` (`include/uapi/linux/tcp.h`).
const WINDOW_CLAMP: (c_int, c_int) = (6, 10);

/// What holds.
#[btf_map]
static WINDOW: Array<WindowLimit, 1> = Array::new();

/// What was done to sockets that listen. Those that they accept have no need of it.
#[btf_map]
static LISTENERS: Storage<Clamped, { BPF_F_NO_PREALLOC as usize }> = Storage::new();

/// What lets the other programs of the cgroup go on.
const GO_ON: u32 = 1;

/// A TCP socket starts to listen, or is about to send its SYN.
#[sock_ops]
pub fn qos_window(ctx: SockOpsContext) -> u32 {
    let limit = match ctx.op() {
        BPF_SOCK_OPS_TCP_LISTEN_CB | BPF_SOCK_OPS_TCP_CONNECT_CB => limit(),
        _ => WindowLimit::default(),
    };
    if limit.clamp() != 0
        && limit.namespace() == namespace(&ctx)
        && let Some(socket) = Holder::of(&ctx)
    {
        if ctx.op() == BPF_SOCK_OPS_TCP_LISTEN_CB {
            clamp_listener(socket, limit.clamp());
        } else if let Some(own) = clamp_of(socket) {
            set_clamp(socket, within(limit.clamp(), own));
        }
    }
    GO_ON
}

/// Sockets that listened before the limit was what it is.
#[unsafe(no_mangle)]
#[unsafe(link_section = "iter/tcp")]
pub extern "C" fn qos_listeners(each: *mut EachTcp) -> i32 {
    // SAFETY: it is what the kernel hands over.
    if let Some(socket) = unsafe { EachTcp::in_state(each, LISTENS) } {
        clamp_listener(socket, limit().clamp());
    }
    0
}

#[inline(always)]
fn limit() -> WindowLimit {
    // SAFETY: the loader alone writes, and each half is read at once.
    WINDOW.get_ptr(0).map_or_else(WindowLimit::default, |limit| unsafe { limit.read_volatile() })
}

/// Has those that `socket` accepts stay below `limit`; 0 for what it had itself.
#[inline(always)]
fn clamp_listener(socket: Holder, limit: u32) {
    let Some(now) = clamp_of(socket) else { return };
    let is_limited = limit != 0;
    if now == 0 && !is_limited {
        return;
    }
    let flags = if is_limited { BPF_SK_STORAGE_GET_F_CREATE } else { 0 };
    // SAFETY: the kernel lets the program use the socket.
    let stored = unsafe { LISTENERS.get(socket.socket, flags.into()) };
    // SAFETY: a storage is valid while the program runs, and the kernel holds the socket's lock.
    let before = unsafe { stored.as_ref() }.copied().unwrap_or_default();
    let clamped = Clamped::new(limit, now, before);
    // SAFETY: as above.
    if let Some(stored) = unsafe { stored.as_mut() } {
        *stored = clamped;
    }
    if clamped.given != now {
        set_clamp(socket, clamped.given);
    }
}

#[inline(always)]
fn clamp_of(socket: Holder) -> Option<u32> {
    let (level, name) = WINDOW_CLAMP;
    socket.option(level, name)
}

#[inline(always)]
fn set_clamp(socket: Holder, clamp: u32) {
    let (level, name) = WINDOW_CLAMP;
    socket.set_option(level, name, clamp);
}
