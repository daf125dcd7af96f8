//! Keeps the verifier's work small: it walks the rest of the program anew for every combination of
//! constants that the paths before it left behind. Constants that it cannot know are one path.

use qos_common::flow::{Address, Flow, Fragment, Ports};

/// 0, in memory that the verifier does not take for constant (.bss, not .rodata).
static mut ZERO: u32 = 0;

/// A 0 that the verifier cannot know.
#[inline(always)]
pub(crate) fn zero() -> u32 {
    // SAFETY: nobody writes to it.
    unsafe { (&raw const ZERO).read_volatile() }
}

/// The same flow, of which the verifier knows nothing.
#[inline(always)]
pub(crate) fn forget(flow: Flow) -> Flow {
    let zero = zero();
    let wide = u64::from(zero);
    let [narrow, ..] = zero.to_le_bytes();
    let address = |Address([upper, lower]): Address| Address([upper ^ wide, lower ^ wide]);
    Flow {
        source: address(flow.source),
        destination: address(flow.destination),
        ipv6: (u32::from(flow.ipv6) ^ zero) & 1 != 0,
        protocol: flow.protocol ^ narrow,
        ports: Ports {
            source: flow.ports.source ^ zero,
            destination: flow.ports.destination ^ zero,
        },
        fragment: Fragment {
            datagram: flow.fragment.datagram ^ wide,
            later: (u32::from(flow.fragment.later) ^ zero) & 1 != 0,
        },
    }
}
