//! Keeps the verifier's work small: it walks the rest of the program anew for every combination of
//! what it knows of the paths before. What it does not know is one path.

use core::arch::asm;

use qos_common::{
    flow::{Address, Flow, Fragment, Ports},
    wire::Packet,
};

/// 0, in memory that the verifier does not take for constant (.bss, not .rodata).
static mut ZERO: u64 = 0;

/// `value`, of which the verifier knows nothing.
#[inline(always)]
pub(crate) fn opaque(value: u64) -> u64 {
    // SAFETY: nobody writes to it.
    value ^ unsafe { (&raw const ZERO).read_volatile() }
}

/// `value`, of which the compiler does not know that it was compared: it would leave out what tells
/// the verifier the same.
#[inline(always)]
pub(crate) fn unrelated(value: u32) -> usize {
    let copy: usize;
    // SAFETY: it copies a register.
    unsafe {
        asm!("{copy} = {value}", copy = out(reg) copy, value = in(reg) value as usize,
            options(pure, nomem, nostack));
    }
    copy
}

/// The same packet, of which the verifier knows nothing.
#[inline(always)]
pub(crate) fn forget(packet: Packet) -> Packet {
    let zero = opaque(0);
    let [narrow, b, c, d, ..] = zero.to_le_bytes();
    let half = u32::from_le_bytes([narrow, b, c, d]);
    let address = |Address([upper, lower]): Address| Address([upper ^ zero, lower ^ zero]);
    let Flow { source, destination, ipv6, protocol, ports, fragment } = packet.flow;
    let flow = Flow {
        source: address(source),
        destination: address(destination),
        ipv6: (u32::from(ipv6) ^ half) & 1 != 0,
        protocol: protocol ^ narrow,
        ports: Ports { source: ports.source ^ half, destination: ports.destination ^ half },
        fragment: Fragment {
            datagram: fragment.datagram ^ zero,
            later: (u32::from(fragment.later) ^ half) & 1 != 0,
        },
    };
    Packet { offset: packet.offset ^ half, flow, ..packet }
}
