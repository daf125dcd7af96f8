//! What keeps rates on an interface beside drops, so that packets leave evenly and fewer are dropped.

use crate::{counters::MAX_POLICIES, narrow::low_quarter};

/// How the packets of throttled policies leave an interface, as the program is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Way {
    /// Each policy's by a class of the HTB qdisc that the loader made there.
    Classes = 1,
    /// TCP's each at its time, for which the qdisc fq waits.
    Departures = 2,
}

/// The most interfaces that have one.
pub const MAX_INTERFACES: u32 = 4_096;

/// The handle of the HTB qdiscs that loaders make, `5153:` as tc writes it: those below 0x8000 are not
/// given by the kernel, and this one is "QS" in ASCII.
pub const HANDLE: u16 = 0x5153;

/// The number of the class for the policy in `slot`, without the handle: 0 is the qdisc itself.
#[inline(always)]
pub const fn class(slot: u32) -> u16 {
    const _: () = assert!(MAX_POLICIES < u16::MAX as u32);
    low_quarter(slot.wrapping_add(1))
}

/// The value of `skb->priority` by which HTB puts a packet into that class.
#[inline(always)]
pub const fn priority(slot: u32) -> u32 {
    (HANDLE as u32) << 16 | class(slot) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As tc reads them: major and minor in the halves.
    #[test]
    fn each_slot_has_a_class_of_its_own_and_none_is_the_qdisc() {
        assert_eq!((priority(0), priority(9_999)), (0x5153_0001, 0x5153_2710));
        assert_eq!((class(0), class(MAX_POLICIES - 1)), (1, 10_000));
    }
}
