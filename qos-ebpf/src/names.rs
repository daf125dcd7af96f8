//! Hands the loader what programs of its network namespace and name servers tell each other, from
//! which it learns the addresses of hosts.

use core::{
    ffi::c_void,
    intrinsics::{AtomicOrdering, atomic_xadd},
};

use aya_ebpf::{
    bindings::__sk_buff,
    btf_maps::{Array, RingBuf},
    helpers::generated::{bpf_loop, bpf_skb_load_bytes},
    macros::{btf_map, cgroup_skb},
    programs::SkBuffContext,
};
use qos_common::name_message::{HEADERS, MOST_PARTS, NAMESPACE_WORDS, NameMessage, PART, PORT};

use crate::{
    identity::read::read,
    socket_packet::{PASS, load, transport},
    verifier::{address, opaque},
};

/// `IPPROTO_TCP` and `IPPROTO_UDP`
const TCP: u8 = 6;
/// See [`TCP`].
const UDP: u8 = 17;

/// Where headers of both have their ports, in bytes.
const SOURCE: u32 = 0;
/// See [`SOURCE`].
const DESTINATION: u32 = 2;

/// The length of a UDP header, in bytes.
const UDP_LENGTH: u32 = 8;
/// Where a TCP header has its own length and the flags, in bytes (RFC 9293, section 3.1).
const TCP_LENGTH: u32 = 12;
/// The flag with which a stream begins.
const SYN: u8 = 0b10;

/// Bytes: some hundred and twenty packets, until the loader has read them.
const ROOM: usize = 1 << 19;

#[btf_map]
static NAME_MESSAGES: RingBuf<NameMessage, ROOM> = RingBuf::new();

/// How many packets, or parts of them, there was no room for.
#[btf_map]
static NAME_LOSSES: Array<u64, 1> = Array::new();

/// Which network namespace is the loader's.
#[btf_map]
static NAMESPACE: Array<[u64; NAMESPACE_WORDS], 1> = Array::new();

/// What a socket receives.
#[cgroup_skb(ingress)]
pub fn qos_name_answer(ctx: SkBuffContext) -> i32 {
    overhear(ctx.skb.skb, SOURCE);
    PASS
}

/// What a socket sends.
#[cgroup_skb(egress)]
pub fn qos_name_question(ctx: SkBuffContext) -> i32 {
    overhear(ctx.skb.skb, DESTINATION);
    PASS
}

/// Keeps a packet whose `port`, a place in its transport header, is that of name servers.
#[inline(always)]
fn overhear(skb: *mut __sk_buff, port: u32) {
    if let Some((protocol, start)) = transport(skb)
        && (protocol == UDP || protocol == TCP)
        && load::<u16>(skb, start.wrapping_add(port)) == Some(PORT.to_be())
        && let Some(headers) = headers(skb, protocol, start)
        && is_ours(skb)
    {
        keep(skb, headers, if protocol == UDP { 1 } else { MOST_PARTS });
    }
}

/// How many bytes the headers have, unless it is a TCP segment that says nothing.
#[inline(always)]
fn headers(skb: *mut __sk_buff, protocol: u8, start: u32) -> Option<u32> {
    if protocol == UDP {
        return Some(start.wrapping_add(UDP_LENGTH));
    }
    let [length, flags] = load::<[u8; 2]>(skb, start.wrapping_add(TCP_LENGTH))?;
    let headers = start.wrapping_add(u32::from(length >> 4) << 2);
    (flags & SYN != 0 || length_of(skb) > headers).then_some(headers)
}

/// Its length, from the IP header on.
#[inline(always)]
fn length_of(skb: *mut __sk_buff) -> u32 {
    // SAFETY: the context is valid while the program runs.
    unsafe { (*skb).len }
}

/// Whether its socket is of the loader's network namespace: others can have name servers of their own.
#[inline(always)]
fn is_ours(skb: *mut __sk_buff) -> bool {
    // SAFETY: the context is valid, and `sk` is its only use of the union.
    let socket = unsafe { (*skb).__bindgen_anon_2.sk };
    let Some(&[namespace, number, own]) = NAMESPACE.get(0) else { return false };
    if socket.is_null() {
        return false;
    }
    let Some(namespace) = read::<u64>(address(socket).wrapping_add(namespace)) else {
        return false;
    };
    read::<u32>(namespace.wrapping_add(number)).is_some_and(|number| u64::from(number) == own)
}

/// What the callback is given.
struct Parts {
    skb: *mut __sk_buff,
    headers: u32,
    /// Where the next part begins in the packet, in bytes.
    at: u32,
}

/// Gives it to the loader, in so many parts at most, unless that has no room.
#[inline(always)]
fn keep(skb: *mut __sk_buff, headers: u32, parts: u32) {
    let mut rest = Parts { skb, headers, at: headers };
    // SAFETY: the callback's type is what the helper calls, and what it is given outlives the call.
    unsafe { bpf_loop(parts, part_step as *mut c_void, (&raw mut rest).cast(), 0) };
}

/// Gives a part to the loader; 1 ends the loop.
unsafe extern "C" fn part_step(_index: u64, rest: *mut Parts) -> i64 {
    // SAFETY: `keep` passes its own.
    let Parts { skb, headers, at } = unsafe { &mut *rest };
    let Some(mut entry) = NAME_MESSAGES.reserve(0) else {
        lose();
        return 1;
    };
    // SAFETY: the entry is writable.
    if unsafe { copy(*skb, *headers, *at, entry.as_mut_ptr()) } {
        entry.submit(0);
    } else {
        entry.discard(0);
        return 1;
    }
    *at = at.wrapping_add(PART);
    i64::from(*at >= length_of(*skb))
}

/// Copies the headers and the part of the data that begins `at` this place. Returns whether that went well.
///
/// # Safety
///
/// The message must be writable.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "lengths of at most some thousand bytes")]
unsafe fn copy(skb: *mut __sk_buff, headers: u32, at: u32, message: *mut NameMessage) -> bool {
    // Without 1, so that Linux 6.1 sees that they are not 0.
    let first = opaque(u64::from(headers.wrapping_sub(1))) & u64::from(HEADERS - 1);
    let first = first.wrapping_add(1);
    let rest = length_of(skb).saturating_sub(at);
    let mut length = first;
    // SAFETY: the message has room for the headers, as the verifier sees; so below for the data.
    let mut failed = unsafe {
        (*message).skipped = at.wrapping_sub(headers);
        bpf_skb_load_bytes(skb.cast(), 0, (&raw mut (*message).bytes).cast(), first as u32)
    };
    if failed == 0 && rest != 0 {
        let data = opaque(u64::from(rest.min(PART).wrapping_sub(1))) & u64::from(PART - 1);
        let data = data.wrapping_add(1);
        length = first.wrapping_add(data);
        // SAFETY: see above.
        failed = unsafe {
            let behind = (&raw mut (*message).bytes).cast::<u8>().add(first as usize);
            bpf_skb_load_bytes(skb.cast(), at, behind.cast(), data as u32)
        };
    }
    // SAFETY: the caller vouches for it.
    unsafe { (*message).length = length as u32 };
    failed == 0
}

/// Counts a packet that there was no room for.
#[inline(always)]
fn lose() {
    if let Some(losses) = NAME_LOSSES.get_ptr_mut(0) {
        // SAFETY: the element is valid. What is preempted here may count too.
        unsafe { atomic_xadd::<u64, u64, { AtomicOrdering::Relaxed }>(losses, 1) };
    }
}
