//! What a packet's policy asks for, packed into the one word that sets and caches hold.

use crate::dscp::Dscp;

/// The actions of the rule that matched, or [`Action::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Action(u64);

impl Action {
    /// No policy matches.
    pub const NONE: Self = Self(0);

    const MATCHED: u64 = 1 << 63;
    const MARKS: u64 = 1 << 62;
    const KEEPS_MARKED: u64 = 1 << 61;
    const FOR_OWN: u64 = 1 << 60;
    const NAMES_HOST: u64 = 1 << 59;
    const DSCP_SHIFT: u32 = 32;
    const THROTTLE_SHIFT: u32 = 40;

    /// The actions of the policy that counts in `slot`.
    pub const fn new(slot: u32, dscp: Option<Dscp>) -> Self {
        let marks = match dscp {
            Some(dscp) => Self::MARKS | ((dscp.value() as u64) << Self::DSCP_SHIFT),
            None => 0,
        };
        Self(Self::MATCHED | marks | slot as u64)
    }

    /// These, and no faster than the throttle of this number; there are fewer than 65,535.
    #[must_use]
    pub const fn throttled(self, number: u16) -> Self {
        Self(self.0 | (number.wrapping_add(1) as u64) << Self::THROTTLE_SHIFT)
    }

    /// No policy gives a code point, and marks of applications do not count: packets of this
    /// machine's sockets get 0.
    pub const CLEAR: Self = Self(Self::MARKS | Self::FOR_OWN);

    /// These, but packets that carry another code point than 0 keep that.
    #[must_use]
    pub const fn keeping_marked(self) -> Self {
        Self(self.0 | Self::KEEPS_MARKED)
    }

    /// These, of a policy that names the destination's host.
    #[must_use]
    pub const fn naming_host(self) -> Self {
        Self(self.0 | Self::NAMES_HOST)
    }

    /// These, or for the code point those of `unmarked`, if these neither give one nor keep the
    /// packet's.
    #[inline(always)]
    #[must_use]
    pub const fn or_unmarked(self, unmarked: Self) -> Self {
        let says = self.0 & (Self::MARKS | Self::KEEPS_MARKED) != 0;
        if says { self } else { Self(self.0 | unmarked.0) }
    }

    /// As the image of a policy set holds it.
    #[inline(always)]
    pub const fn from_word(word: u64) -> Self {
        Self(word)
    }

    /// For the image of a policy set.
    #[inline(always)]
    pub const fn word(self) -> u64 {
        self.0
    }

    /// The slot of the policy's counters, or `None` where no policy matches.
    #[inline(always)]
    pub fn slot(self) -> Option<u32> {
        let [a, b, c, d, ..] = self.0.to_le_bytes();
        (self.0 & Self::MATCHED != 0).then_some(u32::from_le_bytes([a, b, c, d]))
    }

    /// The code point to set, if the policy marks.
    #[inline(always)]
    pub fn dscp(self) -> Option<Dscp> {
        let [_, _, _, _, value, ..] = self.0.to_le_bytes();
        (self.0 & Self::MARKS != 0).then(|| Dscp::new(value & Dscp::MAX)).flatten()
    }

    /// The number of the policy's throttle, if it has one.
    #[inline(always)]
    pub fn throttle(self) -> Option<u16> {
        let [_, _, _, _, _, low, high, _] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high]).checked_sub(1)
    }

    /// Whether the policy names the destination's host.
    #[inline(always)]
    pub const fn names_host(self) -> bool {
        self.0 & Self::NAMES_HOST != 0
    }

    /// Whether the code point is not for all packets.
    #[inline(always)]
    pub const fn has_terms(self) -> bool {
        self.0 & (Self::KEEPS_MARKED | Self::FOR_OWN) != 0
    }

    /// Whether packets that carry another code point than 0 keep that.
    #[inline(always)]
    pub const fn keeps_marked(self) -> bool {
        self.0 & Self::KEEPS_MARKED != 0
    }

    /// Whether the code point is only for packets of this machine's sockets.
    #[inline(always)]
    pub const fn is_for_own(self) -> bool {
        self.0 & Self::FOR_OWN != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_gives_back_what_was_put_in() {
        for dscp in (0..=Dscp::MAX).map(Dscp::new).chain([None]) {
            for slot in [0, 1, 16_383, u32::MAX] {
                let action = Action::new(slot, dscp);
                assert_eq!((action.throttle(), action.names_host()), (None, false));
                let action = action.naming_host();
                for number in [0, 1, 9_999, u16::MAX - 1] {
                    let action = Action::from_word(action.throttled(number).word());
                    assert_eq!((action.slot(), action.dscp()), (Some(slot), dscp));
                    assert_eq!((action.throttle(), action.names_host()), (Some(number), true));
                }
            }
        }
        let none = Action::NONE;
        assert_eq!((none.slot(), none.dscp(), none.throttle()), (None, None, None));
    }

    #[test]
    fn marks_are_cleared_where_nothing_else_is_said_of_them() {
        let cleared = |action: Action| {
            let action = action.or_unmarked(Action::CLEAR);
            (action.slot(), action.dscp(), action.is_for_own(), action.keeps_marked())
        };
        let [zero, ef] = [0, 46].map(Dscp::new);
        assert_eq!(cleared(Action::NONE), (None, zero, true, false));
        assert_eq!(cleared(Action::new(7, None)), (Some(7), zero, true, false));
        assert_eq!(cleared(Action::new(7, ef)), (Some(7), ef, false, false));
        assert_eq!(cleared(Action::new(7, ef).keeping_marked()), (Some(7), ef, false, true));
        assert_eq!(cleared(Action::new(7, None).keeping_marked()), (Some(7), None, false, true));
        assert_eq!(Action::new(7, ef).or_unmarked(Action::NONE), Action::new(7, ef));
        assert_eq!(Action::NONE.or_unmarked(Action::NONE), Action::NONE);
    }
}
