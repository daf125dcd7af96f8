//! Reads and writes the socket buffer.
//!
//! Nearly all headers are in the buffer's linear part, where [`Linear`] reads them without a helper
//! call, which costs more than all else here; [`Whole`] reads the others. Writes go through a helper,
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
    let stored = if packet.flow.is_ipv6() {
        ctx.skb.store(offset, &rewrite::ipv6(&packet.header, dscp), 0)
    } else {
        ctx.skb.store(offset, &rewrite::ipv4(&packet.header, dscp), 0)
    };
    if stored.is_ok() { Written::Rewritten } else { Written::Failed }
}

/// The most words that [`Linear`] reads at once.
const LINEAR_WORDS: usize = 6;

/// The linear part of a socket buffer, from where the program sees it on, at offsets that the compiler knows.
pub(crate) struct Linear<'a>(pub(crate) &'a TcContext);

impl Words for Linear<'_> {
    #[inline(always)]
    fn read<const N: usize>(&self, offset: u32) -> Option<[u32; N]> {
        const { assert!(N <= LINEAR_WORDS) };
        let start = self.0.data().wrapping_add(offset as usize);
        if start.wrapping_add(4 * N) > self.0.data_end() {
            return None;
        }
        // SAFETY: the words are in the packet.
        Some(core::array::from_fn(|index| unsafe { load(start, index) }))
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

/// All bytes of a socket buffer, from where the program sees it on.
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

    #[inline(always)]
    fn repeat(&self, most: u32, step: impl FnMut() -> bool) {
        verifier::repeat(most, step);
    }
}

/// The word of this index from an address in a packet on, which need not be a multiple of 4: the
/// machines that run this load it at once, where the compiler would load and combine bytes.
///
/// # Safety
///
/// The verifier must know the word to be in the packet, and the compiler its index.
#[inline(always)]
unsafe fn load(start: usize, index: usize) -> u32 {
    // SAFETY: as above.
    unsafe {
        match index {
            0 => load_at::<0>(start),
            1 => load_at::<4>(start),
            2 => load_at::<8>(start),
            3 => load_at::<12>(start),
            4 => load_at::<16>(start),
            _ => load_at::<20>(start),
        }
    }
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the instruction loads 32 bits")]
unsafe fn load_at<const OFFSET: usize>(start: usize) -> u32 {
    let word: u64;
    // SAFETY: it only reads, and the caller vouches for the address.
    unsafe {
        asm!("{word} = *(u32 *)({start} + {offset})", word = out(reg) word, start = in(reg) start,
            offset = const OFFSET, options(readonly, nostack, preserves_flags));
    }
    u32::from_be(word as u32)
}
