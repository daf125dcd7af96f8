//! How fast TCP hands a throttled socket's packets out: a little slower than their policy's rate, so
//! that a connection alone never finds that used up.

/// The value of `SO_MAX_PACING_RATE` that limits nothing.
pub const UNPACED: u32 = u32::MAX;

/// The rate for sockets of a policy that has this one, both in bytes a second. TCP counts no headers
/// below its own.
pub const fn rate(bytes_per_second: u64) -> u32 {
    let most = bytes_per_second.saturating_sub(bytes_per_second.wrapping_div(20));
    if most < UNPACED as u64 { crate::narrow::low_half(most) } else { UNPACED }
}

/// What was done to a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Paced {
    /// The rate that it had.
    pub own: u32,
    /// The rate that it was given; 0 if none was.
    pub given: u32,
}

impl Paced {
    /// What a socket is to be given by a policy that limits it so, with the rate `now`, and `before` as
    /// what was done to it. An application's own lower one is kept.
    #[inline(always)]
    pub const fn new(limit: u32, now: u32, before: Self) -> Self {
        let own = if before.given != 0 && now == before.given { before.own } else { now };
        Self { own, given: if limit < own { limit } else { own } }
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Paced::new(1_000, 300, first), Paced { own: 300, given: 300 });
        assert_eq!(Paced::new(1_000, UNPACED, first), Paced { own: UNPACED, given: 1_000 });
    }
}
