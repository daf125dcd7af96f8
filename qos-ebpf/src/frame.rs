//! Reads and writes the socket buffer.
//!
//! Nearly all headers are in the buffer's linear part, where [`Linear`] reads them without a helper
//! call, which costs more than all else here; [`Whole`] reads what is not. Writes go through a helper,
//! for with direct access the kernel drops a packet that it cannot make writable; here such a packet
//! leaves as it came.

use core::arch::asm;

use aya_ebpf::programs::TcContext;
use qos_common::{
    dscp::Dscp,
    rewrite,
    wire::{Packet, Words},
};

use crate::verifier;

/// The verifier follows an offset into a packet up to a little more than this (`MAX_PACKET_OFF`,
/// kernel/bpf/verifier.c).
const FARTHEST: u32 = 0x7fff;

/// What became of a packet that its policy marks.
#[derive(Clone, Copy)]
pub(crate) enum Written {
    /// It has another DSCP now.
    Rewritten,
    /// It had the right DSCP already.
    Unchanged,
    /// The kernel refused the write.
    Failed,
}

/// Puts `dscp` into the packet that was read from `ctx`, in one write.
#[inline(always)]
pub(crate) fn rewrite(ctx: &TcContext, packet: &Packet, dscp: Dscp) -> Written {
    if Dscp::of_traffic_class(packet.traffic_class()) == dscp {
        return Written::Unchanged;
    }
    let offset = packet.offset as usize;
    let stored = if packet.flow.ipv6 {
        ctx.skb.store(offset, &rewrite::ipv6(&packet.header, dscp), 0)
    } else {
        ctx.skb.store(offset, &rewrite::ipv4(&packet.header, dscp), 0)
    };
    if stored.is_ok() { Written::Rewritten } else { Written::Failed }
}

/// The linear part of a socket buffer, from the link header on.
pub(crate) struct Linear<'a>(pub(crate) &'a TcContext);

impl Words for Linear<'_> {
    #[inline(always)]
    fn read<const N: usize>(&self, offset: u32) -> Option<[u32; N]> {
        if offset > FARTHEST {
            return None;
        }
        let start = self.0.data().wrapping_add(verifier::unrelated(offset) & FARTHEST as usize);
        if start.wrapping_add(4 * N) > self.0.data_end() {
            return None;
        }
        // SAFETY: the words are in the packet.
        Some(core::array::from_fn(|index| unsafe { load(start.wrapping_add(4 * index)) }))
    }

    #[inline(always)]
    fn length(&self) -> u32 {
        self.0.len()
    }

    #[inline(always)]
    fn opaque(&self, value: u64) -> u64 {
        verifier::opaque(value)
    }
}

/// All bytes of a socket buffer, from the link header on.
pub(crate) struct Whole<'a>(pub(crate) &'a TcContext);

impl Words for Whole<'_> {
    #[inline(always)]
    fn read<const N: usize>(&self, offset: u32) -> Option<[u32; N]> {
        let words: [u32; N] = self.0.load(offset as usize).ok()?;
        Some(words.map(u32::from_be))
    }

    #[inline(always)]
    fn length(&self) -> u32 {
        self.0.len()
    }

    #[inline(always)]
    fn opaque(&self, value: u64) -> u64 {
        verifier::opaque(value)
    }
}

/// The word at an address in a packet, which need not be a multiple of 4: the machines that run
/// this load it at once, where the compiler would load and combine bytes.
///
/// # Safety
///
/// The verifier must know the word to be in the packet.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the instruction loads 32 bits")]
unsafe fn load(address: usize) -> u32 {
    let word: u64;
    // SAFETY: it only reads, and the caller vouches for the address.
    unsafe {
        asm!("{word} = *(u32 *)({address} + 0)", word = out(reg) word, address = in(reg) address,
            options(readonly, nostack, preserves_flags));
    }
    u32::from_be(word as u32)
}
