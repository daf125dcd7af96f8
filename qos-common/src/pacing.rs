//! How fast TCP hands a throttled policy's packets out: a little slower than the rate, so that its
//! connections seldom find that used up. Each gets the same share, as far as it has use for it.
//!
//! The loader goes through all sockets from time to time, twice. The first time they are told apart into
//! those that sent nearly what they may ([`Tally`]) and those that have less to send; the second time
//! the former share what the latter leave.

/// The value of `SO_MAX_PACING_RATE` that limits nothing.
pub const UNPACED: u32 = u32::MAX;

/// The rate for sockets of a policy that has this one, both in bytes a second. TCP counts no headers
/// below its own.
pub const fn rate(bytes_per_second: u64) -> u32 {
    let most = bytes_per_second.saturating_sub(bytes_per_second.wrapping_div(20));
    if most < UNPACED as u64 { crate::narrow::low_half(most) } else { UNPACED }
}

/// What the loader goes through the sockets for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Visit {
    /// To give them back what they had.
    Release = 0,
    /// To see how much they sent since the visit before.
    Count = 1,
    /// To give them their shares.
    Give = 2,
}

/// What a policy's sockets sent between two visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Tally {
    /// What each may send, in bytes a second; 0 if that is as much as the policy.
    pub share: u64,
    /// A socket that sent so many bytes may have more to send.
    pub much: u64,
    /// How many sent so many.
    pub busy: u64,
    /// The bytes that the others sent.
    pub rest: u64,
}

impl Tally {
    /// The least that a socket may send: of less than four segments a second it could not be told
    /// whether it is much.
    const LEAST: u64 = 6_000;

    /// The words that it takes in a map.
    pub const WORDS: usize = size_of::<Self>() / size_of::<u64>();

    /// As a map holds it.
    pub const fn from_words([share, much, busy, rest]: [u64; Self::WORDS]) -> Self {
        Self { share, much, busy, rest }
    }

    /// For a map.
    pub const fn words(self) -> [u64; Self::WORDS] {
        [self.share, self.much, self.busy, self.rest]
    }

    /// Before a visit that counts, `passed` milliseconds after the one before; the policy's sockets may
    /// send `limit` bytes a second together.
    #[must_use]
    pub const fn count(self, limit: u32, passed: u64) -> Self {
        let share = if self.share == 0 { limit as u64 } else { self.share };
        let three_quarters = share.wrapping_sub(share >> 2);
        let much = three_quarters.wrapping_mul(passed).wrapping_div(SECOND);
        Self { much, busy: 0, rest: 0, ..self }
    }

    /// Adds a socket that sent so many bytes.
    #[inline(always)]
    pub const fn add(&mut self, sent: u64) {
        if sent >= self.much {
            self.busy = self.busy.wrapping_add(1);
        } else {
            self.rest = self.rest.wrapping_add(sent);
        }
    }

    /// After it: those that have more to send share what the others leave, which is a quarter at least. If
    /// nobody has, though the rate is used up, those that use it have more than their part to go to, and
    /// the share gets smaller until that shows.
    #[must_use]
    pub fn give(self, limit: u32, passed: u64) -> Self {
        let limit = u64::from(limit);
        let most = limit.wrapping_sub(limit >> 2);
        let others = self.rest.saturating_mul(SECOND).checked_div(passed).unwrap_or(most).min(most);
        let before = if self.share == 0 { limit } else { self.share };
        let alone = if others < most { limit } else { before.wrapping_sub(before >> 2) };
        let share = limit.wrapping_sub(others).checked_div(self.busy).unwrap_or(alone);
        Self { share: share.max(Self::LEAST).min(limit), ..self }
    }
}

/// Milliseconds.
const SECOND: u64 = 1_000;

/// What was done to a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Paced {
    /// The rate that it had.
    pub own: u32,
    /// The rate that it was given; 0 if none was.
    pub given: u32,
    /// The bytes that it had sent at the visit before.
    pub sent: u64,
}

impl Paced {
    /// What a socket is to be given by a policy that limits it so, with the rate `now`, and `before` as
    /// what was done to it. An application's own lower one is kept.
    #[inline(always)]
    pub const fn new(limit: u32, now: u32, before: Self) -> Self {
        let own = if before.given != 0 && now == before.given { before.own } else { now };
        Self { own, given: if limit < own { limit } else { own }, ..before }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec;

    use super::*;

    #[test]
    fn a_rate_is_19_of_20_parts_as_far_as_an_option_can_say_it() {
        assert_eq!(rate(1_000_000), 950_000);
        assert_eq!(rate(125), 119);
        assert_eq!(rate(1), 1);
        assert_eq!((rate(5_000_000_000), rate(u64::MAX)), (UNPACED, UNPACED));
    }

    #[test]
    fn a_socket_gets_its_own_rate_back() {
        for (own, given) in [(UNPACED, [1_000, 2_000]), (1_500, [1_000, 1_500]), (500, [500, 500])]
        {
            let first = Paced::new(1_000, own, Paced::default());
            let second = Paced::new(2_000, first.given, first);
            assert_eq!([first.given, second.given], given);
            assert_eq!(Paced::new(UNPACED, second.given, second).given, own);
        }
    }

    #[test]
    fn an_application_may_change_its_mind() {
        let first = Paced::new(1_000, UNPACED, Paced::default());
        assert_eq!(Paced::new(1_000, 300, first), Paced { own: 300, given: 300, sent: 0 });
        assert_eq!(
            Paced::new(1_000, UNPACED, first),
            Paced { own: UNPACED, given: 1_000, sent: 0 }
        );
    }

    /// What a policy's sockets get, after a second in which each sent so much of what it could.
    fn after(tally: Tally, limit: u32, could: &[u64]) -> Tally {
        let mut tally = tally.count(limit, SECOND);
        let share = if tally.share == 0 { u64::from(limit) } else { tally.share };
        for could in could {
            tally.add(share.min(*could));
        }
        tally.give(limit, SECOND)
    }

    #[test]
    fn all_that_have_enough_to_send_get_the_same() {
        for sockets in [1, 4, 32] {
            let mut tally = Tally::default();
            for _second in 0..4 {
                tally = after(tally, 1_000_000, &vec![u64::MAX; sockets]);
                assert_eq!(tally.share, 1_000_000 / sockets as u64, "{sockets}");
            }
        }
    }

    #[test]
    fn what_some_have_no_use_for_is_the_others() {
        let could = [0, 0, 1_000, 100_000, u64::MAX, u64::MAX];
        let mut tally = Tally::default();
        for _second in 0..4 {
            tally = after(tally, 1_000_000, &could);
        }
        assert_eq!(tally.share, (1_000_000 - 101_000) / 2);
    }

    /// Where what exceeds the rate is dropped, none of them sends what it may.
    #[test]
    fn who_holds_back_another_gets_less() {
        let mut tally = Tally::default();
        for _second in 0..6 {
            tally = after(tally, 1_000_000, &[500_000; 2]);
        }
        assert_eq!(tally.share, 500_000);
    }

    #[test]
    fn who_is_alone_again_gets_all() {
        let together = after(Tally::default(), 1_000_000, &[u64::MAX; 4]);
        assert_eq!(after(together, 1_000_000, &[u64::MAX, 0, 0, 0]).share, 1_000_000);
        assert_eq!(after(together, 1_000_000, &[0; 4]).share, 1_000_000);
    }

    #[test]
    fn a_share_is_never_nothing_nor_more_than_the_rate() {
        assert_eq!(after(Tally::default(), 1_000_000, &[u64::MAX; 1_000]).share, Tally::LEAST);
        assert_eq!(after(Tally::default(), 950, &[u64::MAX; 10]).share, 950);
        let overrun = Tally { rest: u64::MAX, busy: 2, ..Tally::default() };
        assert_eq!(overrun.give(UNPACED, 0).share, u64::from(UNPACED) / 8);
    }
}
