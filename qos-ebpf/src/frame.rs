//! Reads and writes the socket buffer. Writes go through helpers, for with direct access the
//! kernel drops a packet that it cannot make writable; here such a packet leaves as it came.

use aya_ebpf::programs::TcContext;
use qos_common::{
    dscp::Dscp,
    rewrite,
    wire::{Bytes, Packet},
};

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

/// The bytes of a socket buffer, from the link header on.
pub(crate) struct Frame<'a> {
    ctx: &'a TcContext,
}

impl<'a> Frame<'a> {
    #[inline(always)]
    pub(crate) fn new(ctx: &'a TcContext) -> Self {
        Self { ctx }
    }

    /// Puts `dscp` into the packet that was read from this frame, in one write.
    #[inline(always)]
    pub(crate) fn rewrite(&self, packet: &Packet, dscp: Dscp) -> Written {
        if Dscp::of_traffic_class(packet.traffic_class()) == dscp {
            return Written::Unchanged;
        }
        let stored = if packet.flow.ipv6 {
            self.ctx.skb.store(packet.offset as usize, &rewrite::ipv6(&packet.header, dscp), 0)
        } else {
            let at = packet.offset.wrapping_add(rewrite::V4_OFFSET);
            self.ctx.skb.store(at as usize, &rewrite::ipv4(&packet.header, dscp), 0)
        };
        if stored.is_ok() { Written::Rewritten } else { Written::Failed }
    }
}

impl Bytes for Frame<'_> {
    #[inline(always)]
    fn read<const N: usize>(&self, offset: u32) -> Option<[u8; N]> {
        self.ctx.load(offset as usize).ok()
    }

    #[inline(always)]
    fn length(&self) -> u32 {
        self.ctx.len()
    }
}
