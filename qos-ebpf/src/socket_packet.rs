//! A packet as hooks of sockets see it: from its IP header on.

use core::mem::MaybeUninit;

use aya_ebpf::{bindings::__sk_buff, helpers::generated::bpf_skb_load_bytes};

/// Whatever such a hook sees, the packet goes on.
pub(crate) const PASS: i32 = 1;

/// `ETH_P_IP` and `ETH_P_IPV6` (`include/uapi/linux/if_ether.h`).
const IPV4: u16 = 0x0800;
/// See [`IPV4`].
const IPV6: u16 = 0x86dd;

/// The length of an IPv6 header, in bytes.
pub(crate) const IPV6_LENGTH: u32 = 40;

/// Whether it is of IPv4; none if it is neither of that nor of IPv6.
#[inline(always)]
pub(crate) fn is_ipv4(skb: *mut __sk_buff) -> Option<bool> {
    // SAFETY: the context is valid while the program runs.
    let protocol = unsafe { (*skb).protocol };
    let is_ipv4 = protocol == u32::from(IPV4.to_be());
    (is_ipv4 || protocol == u32::from(IPV6.to_be())).then_some(is_ipv4)
}

/// The transport protocol's number, and where its header is; none if the packet is of no IP.
#[inline(always)]
pub(crate) fn transport(skb: *mut __sk_buff) -> Option<(u8, u32)> {
    if is_ipv4(skb)? {
        let (first, protocol) = (load::<u8>(skb, 0)?, load::<u8>(skb, 9)?);
        return Some((protocol, u32::from(first & 0x0f) << 2));
    }
    // One with extension headers is of the first one's protocol.
    Some((load::<u8>(skb, 6)?, IPV6_LENGTH))
}

/// What stands at `offset` of the packet, in its byte order. `T` is a number, or an array of them.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the size of a few numbers")]
pub(crate) fn load<T: Copy>(skb: *mut __sk_buff, offset: u32) -> Option<T> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: the helper writes all of the value.
    let failed = unsafe {
        bpf_skb_load_bytes(skb.cast(), offset, value.as_mut_ptr().cast(), size_of::<T>() as u32)
    };
    // SAFETY: whatever it wrote is a value.
    (failed == 0).then(|| unsafe { value.assume_init() })
}
