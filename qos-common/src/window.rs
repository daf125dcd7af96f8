//! How large the TCP receive windows of new connections may get (`inbound-throughput-level`).
//!
//! A clamp of a socket's window holds where the connection starts; the kernel's tuning of buffers goes
//! beyond it later. But the window's scale is chosen by it, and stays: with clamps of 2^k-1 no window
//! that this scale can say is larger.

use crate::narrow::low_half;

/// The clamp of each level.
const LEVELS: [u32; 4] = [65_535, 262_143, 1_048_575, 16_777_215];

/// What does not clamp: the largest window that there is. A socket that listens can't have its clamp
/// taken away any more (EINVAL), but the kernel does the same with both.
pub const UNCLAMPED: u32 = 65_535 << 14;

/// The clamp of `level`, 0 to 3. Any above is the most too.
pub const fn clamp(level: u8) -> u32 {
    let [least, few, more, most] = LEVELS;
    match level {
        0 => least,
        1 => few,
        2 => more,
        3.. => most,
    }
}

/// What holds for new connections, as the loader tells the programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct WindowLimit(pub [u64; 2]);

impl WindowLimit {
    /// In the network namespace of this cookie sockets have this `clamp`, or 0 for their own.
    #[must_use]
    pub const fn new(namespace: u64, clamp: u32) -> Self {
        Self([namespace, clamp as u64])
    }

    /// Where it holds.
    #[inline(always)]
    pub const fn namespace(self) -> u64 {
        let Self([namespace, _]) = self;
        namespace
    }

    /// The clamp of sockets there.
    #[inline(always)]
    pub const fn clamp(self) -> u32 {
        let Self([_, clamp]) = self;
        low_half(clamp)
    }
}

/// What was done to a socket that listens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Clamped {
    /// The clamp that it had; 0 if it had none.
    pub own: u32,
    /// The clamp that it was given; 0 if none was.
    pub given: u32,
}

const _: () = assert!(size_of::<Clamped>() == 8);

impl Clamped {
    /// What a socket that listens is to be given, with the clamp `now`, and `before` as what was done
    /// to it. A level's clamp that nobody knows of was left by a loader that was killed.
    #[inline(always)]
    pub fn new(limit: u32, now: u32, before: Self) -> Self {
        let own = if before.given != 0 && now == before.given {
            before.own
        } else if LEVELS.contains(&now) || now == UNCLAMPED {
            0
        } else {
            now
        };
        Self { own, given: within(limit, own) }
    }
}

/// The clamp for a socket with a clamp of its `own`, or 0 for none: the smaller one.
#[inline(always)]
pub const fn within(limit: u32, own: u32) -> u32 {
    match (limit, own) {
        (0, 0) => UNCLAMPED,
        (0, own) => own,
        (limit, 0) => limit,
        (limit, own) if own > limit => limit,
        (_, own) => own,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    /// What a socket of the clamp `now` is given under each of `limits`, one after the other.
    fn given(now: u32, limits: &[u32]) -> Vec<u32> {
        let mut clamped = Clamped { own: 0, given: 0 };
        let mut now = now;
        let next = |limit: &u32| {
            clamped = Clamped::new(*limit, now, clamped);
            now = clamped.given;
            now
        };
        limits.iter().map(next).collect()
    }

    #[test]
    fn a_scale_never_says_more_than_the_level() {
        for (level, most) in [(0, 64), (1, 256), (2, 1024), (3, 16_384)] {
            let clamp = clamp(level);
            // As the kernel chooses it (`tcp_select_initial_window`).
            let scale = clamp.ilog2() - 15;
            assert!(65_535 << scale < most * 1024, "level {level}");
            assert_eq!(65_535 << scale | ((1 << scale) - 1), clamp, "level {level}");
        }
    }

    #[test]
    fn a_socket_gets_its_own_clamp_back() {
        assert_eq!(given(0, &[65_535, 1_048_575, 0]), [65_535, 1_048_575, UNCLAMPED]);
        assert_eq!(given(100_000, &[65_535, 1_048_575, 0]), [65_535, 100_000, 100_000]);
        assert_eq!(given(30_000_000, &[16_777_215, 0]), [16_777_215, 30_000_000]);
    }

    #[test]
    fn what_a_dead_loader_left_is_nobodys_own() {
        assert_eq!(given(65_535, &[1_048_575, 0]), [1_048_575, UNCLAMPED]);
        assert_eq!(given(UNCLAMPED, &[262_143, 0]), [262_143, UNCLAMPED]);
    }

    #[test]
    fn an_application_may_change_its_mind() {
        let first = Clamped::new(1_048_575, 0, Clamped::default());
        assert_eq!(Clamped::new(1_048_575, 5000, first), Clamped { own: 5000, given: 5000 });
    }
}
