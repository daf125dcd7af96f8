//! The pace of TCP sockets whose policy has a rate. What a socket's policy is, its last packet left in
//! its storage.

use core::ffi::c_int;

use aya_ebpf::{
    bindings::{BPF_F_NO_PREALLOC, BPF_SK_STORAGE_GET_F_CREATE},
    btf_maps::Array,
    macros::btf_map,
};
use qos_common::{
    action::Action,
    counters::MAX_POLICIES,
    pacing::{Paced, Tally, UNPACED, Visit},
    policy_set::{Image as _, layout},
};

use super::socket::{EachTcp, Holder, LISTENS};
use crate::{
    cache::socket::Stored,
    identity::read::read,
    policy_set::PolicySet,
    storage::{self, Storage},
    verifier::address,
};

/// `SOL_SOCKET` and `SO_MAX_PACING_RATE` (`include/uapi/asm-generic/socket.h`).
const MAX_PACING_RATE: (c_int, c_int) = (1, 47);

/// What the loader goes through the sockets for ([`Visit`]), and where a `struct tcp_sock` has the bytes
/// that it sent.
#[btf_map]
static PACING: Array<[u64; 2], 1> = Array::new();

/// What the sockets of the policy in each slot sent.
#[btf_map]
static TALLIES: Array<Tally, { MAX_POLICIES as usize }> = Array::new();

/// What was done to sockets.
#[btf_map]
static PACED: Storage<Paced, { BPF_F_NO_PREALLOC as usize }> = Storage::new();

/// All TCP sockets that do not listen.
#[unsafe(no_mangle)]
#[unsafe(link_section = "iter/tcp")]
pub extern "C" fn qos_pacing(each: *mut EachTcp) -> i32 {
    // SAFETY: it is what the kernel hands over.
    if let Some(socket) = unsafe { EachTcp::where_state(each, |state| state != LISTENS) }
        && let Some(&[visit, bytes_sent]) = PACING.get(0)
    {
        if visit == Visit::Release as u64 {
            give(socket, UNPACED);
        } else if let Some(action) = action(socket) {
            if visit == Visit::Give as u64 {
                give(socket, limit(action));
            } else if action.throttle().is_some() {
                count(socket, action, bytes_sent);
            }
        }
    }
    0
}

/// What a socket's policy does, if that is known: it is not before a packet has left under the set in
/// force.
#[inline(always)]
fn action(socket: Holder) -> Option<Action> {
    let set = PolicySet::current()?;
    // SAFETY: the kernel lets the program use the socket, and what it has is valid meanwhile.
    let stored = unsafe { Stored::from_ptr(storage::get(socket.socket, 0)) }?;
    stored.answered(set.word(layout::GENERATION))
}

/// The rate for a socket.
#[inline(always)]
fn limit(action: Action) -> u32 {
    let (Some(_throttle), Some(slot)) = (action.throttle(), action.slot()) else { return UNPACED };
    let Some(tally) = TALLIES.get_ptr(slot) else { return UNPACED };
    // SAFETY: nobody writes while shares are given.
    match u32::try_from(unsafe { (*tally).share }) {
        Ok(0) | Err(_) => UNPACED,
        Ok(share) => share,
    }
}

/// Counts what a socket sent since it was last asked.
#[inline(always)]
fn count(socket: Holder, action: Action, bytes_sent: u64) {
    // SAFETY: the kernel lets the program use the socket.
    let stored = unsafe { PACED.get(socket.socket, BPF_SK_STORAGE_GET_F_CREATE.into()) };
    // SAFETY: a storage is valid while the program runs, and the kernel holds the socket's lock.
    let Some(paced) = (unsafe { stored.as_mut() }) else { return };
    let Some(sent) = read::<u64>(address(socket.socket).wrapping_add(bytes_sent)) else { return };
    let Some(tally) = action.slot().and_then(|slot| TALLIES.get_ptr_mut(slot)) else { return };
    // SAFETY: an iterator runs on one CPU, and the loader waits for it.
    unsafe { (*tally).add(sent.wrapping_sub(paced.sent)) };
    paced.sent = sent;
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
