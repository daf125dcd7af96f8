//! Hands the loader what programs of its network namespace and name servers tell each other, from
//! which it learns the addresses of hosts.

use aya_ebpf::{
    bindings::__sk_buff,
    btf_maps::{Array, RingBuf},
    helpers::generated::bpf_skb_load_bytes,
    macros::{btf_map, cgroup_skb},
    programs::SkBuffContext,
};
use qos_common::name_message::{LONGEST, NAMESPACE_WORDS, NameMessage, PORT};

use crate::{
    identity::read::read,
    socket_packet::{PASS, load, transport},
    verifier::{address, opaque},
};

/// `IPPROTO_UDP`
const UDP: u8 = 17;

/// Where a UDP header has its ports, in bytes.
const SOURCE: u32 = 0;
/// See [`SOURCE`].
const DESTINATION: u32 = 2;

/// Bytes: some sixty messages, until the loader has read them.
const ROOM: usize = 1 << 18;

#[btf_map]
static NAME_MESSAGES: RingBuf<NameMessage, ROOM> = RingBuf::new();

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

/// Keeps a packet whose `port`, a place in the UDP header, is that of name servers.
#[inline(always)]
fn overhear(skb: *mut __sk_buff, port: u32) {
    if transport(skb, UDP)
        .is_some_and(|start| load::<u16>(skb, start.wrapping_add(port)) == Some(PORT.to_be()))
        && is_ours(skb)
    {
        keep(skb);
    }
}

/// Whether its socket is of the loader's network namespace: others can have name servers of their own.
#[inline(always)]
fn is_ours(skb: *mut __sk_buff) -> bool {
    // SAFETY: as above, and `sk` is its only use of the union.
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

/// Gives it to the loader, unless that has no room.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "a length of at most some thousand bytes")]
fn keep(skb: *mut __sk_buff) {
    // SAFETY: the context is valid while the program runs.
    let rest = opaque(u64::from(unsafe { (*skb).len }).wrapping_sub(1));
    if rest >= u64::from(LONGEST) {
        return;
    }
    // So Linux 6.1 sees that it is not 0.
    let length = rest.wrapping_add(1);
    let Some(mut entry) = NAME_MESSAGES.reserve(0) else { return };
    let message: *mut NameMessage = entry.as_mut_ptr();
    // SAFETY: the entry has room for the length, which the verifier sees.
    let failed = unsafe {
        (*message).length = length as u32;
        bpf_skb_load_bytes(skb.cast(), 0, (&raw mut (*message).bytes).cast(), length as u32)
    };
    if failed == 0 { entry.submit(0) } else { entry.discard(0) }
}
