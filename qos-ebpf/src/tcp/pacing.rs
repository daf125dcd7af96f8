//! The pace of TCP sockets whose policy has a rate. What a socket's policy is, its last packet left in
//! its storage.

use core::ffi::c_int;

use aya_ebpf::{
    bindings::{BPF_F_NO_PREALLOC, BPF_SK_STORAGE_GET_F_CREATE},
    btf_maps::Array,
    macros::btf_map,
};
use qos_common::{
    pacing::{Paced, UNPACED},
    policy_set::{Image as _, layout, pace},
};

use super::socket::{EachTcp, Holder, LISTENS};
use crate::{
    cache::socket::Stored,
    policy_set::PolicySet,
    storage::{self, Storage},
};

/// `SOL_SOCKET` and `SO_MAX_PACING_RATE` (`include/uapi/asm-generic/socket.h`).
const MAX_PACING_RATE: (c_int, c_int) = (1, 47);

/// 1 while sockets are paced; 0 has all get back what they had.
#[btf_map]
static PACING: Array<u64, 1> = Array::new();

/// What was done to sockets.
#[btf_map]
static PACED: Storage<Paced, { BPF_F_NO_PREALLOC as usize }> = Storage::new();

/// All TCP sockets that do not listen.
#[unsafe(no_mangle)]
#[unsafe(link_section = "iter/tcp")]
pub extern "C" fn qos_pacing(each: *mut EachTcp) -> i32 {
    // SAFETY: it is what the kernel hands over.
    if let Some(socket) = unsafe { EachTcp::where_state(each, |state| state != LISTENS) }
        && let Some(limit) = limit(socket)
    {
        give(socket, limit);
    }
    0
}

/// The rate for a socket, if that is known: it is not before a packet has left under the set in force.
#[inline(always)]
fn limit(socket: Holder) -> Option<u32> {
    // SAFETY: the loader alone writes.
    if unsafe { PACING.get_ptr(0)?.read_volatile() } == 0 {
        return Some(UNPACED);
    }
    let set = PolicySet::current()?;
    // SAFETY: the kernel lets the program use the socket, and what it has is valid meanwhile.
    let stored = unsafe { Stored::from_ptr(storage::get(socket.socket, 0)) }?;
    let action = stored.answered(set.word(layout::GENERATION))?;
    Some(action.throttle().map_or(UNPACED, |number| pace(&set, number.into()).pacing()))
}

#[inline(always)]
fn give(socket: Holder, limit: u32) {
    let flags = if limit == UNPACED { 0 } else { BPF_SK_STORAGE_GET_F_CREATE };
    // SAFETY: the kernel lets the program use the socket.
    let stored = unsafe { PACED.get(socket.socket, flags.into()) };
    // SAFETY: a storage is valid while the program runs, and the kernel holds the socket's lock.
    let Some(paced) = (unsafe { stored.as_mut() }) else { return };
    let (level, name) = MAX_PACING_RATE;
    let Some(now) = socket.option(level, name) else { return };
    *paced = Paced::new(limit, now, *paced);
    if paced.given != now {
        socket.set_option(level, name, paced.given);
    }
}
