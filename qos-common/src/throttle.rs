//! How fast a policy's packets may leave: a generic cell rate algorithm (GCRA) in its form for packets
//! of any length.
//!
//! One word a policy says when all that has left is paid off at the policy's rate. How far that is in
//! the future is the policy's debt. A packet conforms while the debt is within the burst, and adds what
//! it costs: so a packet that is longer than the burst leaves too, and the rate is kept all the same.
//!
//! Time is counted in ticks, sixteenths of a nanosecond: in whole nanoseconds a short packet at many
//! gigabits a second would cost nothing. The word lasts for 36 years after the boot.

use crate::narrow::low_half;

/// Ticks in a nanosecond.
const NANOSECOND: u64 = 16;
const SECOND: u64 = 1_000_000_000 * NANOSECOND;

/// TCP tries a packet that was dropped here again after 200 ms, where it has nothing else on its way:
/// with less it would fall behind the rate.
const BURST_TIME: u64 = SECOND / 4;
/// Two of the longest packets that a device without BIG TCP is handed to cut.
const BURST_BYTES: u32 = 128 * 1024;

/// The most bytes that are charged for one packet: more than the longest has.
pub const LONGEST: u32 = 1 << 20;

/// The bits of what a byte costs: with a packet's length it is below 2^63.
const PRICE_BITS: u32 = 43;
const SHIFT_BITS: u32 = 6;

/// A rate as the kernel computes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// What a byte costs, in ticks, times 2^`shift`.
    price: u64,
    shift: u32,
    /// The most debt with which a packet conforms, in ticks.
    burst: u64,
}

impl Pace {
    /// The words that it takes in a policy set's image.
    pub const WORDS: u32 = 2;

    /// So many bytes a second, counted on the wire; at least one, at most 2^63.
    pub fn new(bytes_per_second: u64) -> Self {
        let rate = bytes_per_second.clamp(1, 1 << 63);
        // A long division, bit by bit, to as many bits as there is room for.
        let mut price = SECOND.checked_div(rate).unwrap_or(0);
        let mut rest = SECOND.checked_rem(rate).unwrap_or(0);
        let mut shift = 0_u32;
        while price < 1 << (PRICE_BITS - 1) && shift < (1 << SHIFT_BITS) - 1 {
            rest = rest.wrapping_mul(2);
            price = price << 1 | u64::from(rest >= rate);
            if rest >= rate {
                rest = rest.wrapping_sub(rate);
            }
            shift = shift.wrapping_add(1);
        }
        let pace = Self { price, shift, burst: 0 };
        let least = pace.cost(BURST_BYTES);
        Self { burst: least.max(BURST_TIME), ..pace }
    }

    /// For the image of a policy set.
    pub const fn words(self) -> [u64; Self::WORDS as usize] {
        [self.price << SHIFT_BITS | self.shift as u64, self.burst]
    }

    /// As the image of a policy set holds it.
    #[inline(always)]
    pub const fn from_words([price, burst]: [u64; Self::WORDS as usize]) -> Self {
        const SHIFT: u64 = (1 << SHIFT_BITS) - 1;
        Self { price: price >> SHIFT_BITS, shift: low_half(price & SHIFT), burst }
    }

    /// What `bytes` cost, in ticks.
    #[inline(always)]
    pub const fn cost(self, bytes: u32) -> u64 {
        let bytes = if bytes < LONGEST { bytes } else { LONGEST };
        self.price.wrapping_mul(bytes as u64).wrapping_shr(self.shift)
    }

    /// When all is paid off, with a packet of `bytes` that leaves `now` (nanoseconds since the boot);
    /// or nothing if it does not conform. Until `due` what left before is not.
    ///
    /// By a clock that is behind, some packets do not conform that do; those that do may find the burst
    /// longer by as much.
    #[inline(always)]
    pub const fn charge(self, due: u64, now: u64, bytes: u32) -> Option<u64> {
        let now = now.wrapping_mul(NANOSECOND);
        let debt = due.saturating_sub(now);
        if debt > self.burst {
            return None;
        }
        Some(now.wrapping_add(debt).wrapping_add(self.cost(bytes)))
    }

    /// When the packets before one are paid off that was charged, which left this word: the time for it
    /// to leave, in nanoseconds since the boot.
    #[inline(always)]
    pub const fn departure(self, charged: u64, bytes: u32) -> u64 {
        charged.wrapping_sub(self.cost(bytes)).wrapping_div(NANOSECOND)
    }

    /// The same by a clock that is right. A debt that no packet leaves behind at this rate was left at
    /// another, slower one, and counts as the burst.
    #[inline(always)]
    pub const fn charge_exactly(self, due: u64, now: u64, bytes: u32) -> Option<u64> {
        let ticks = now.wrapping_mul(NANOSECOND);
        let most = self.burst.wrapping_add(self.cost(LONGEST));
        let is_foreign = due.saturating_sub(ticks) > most;
        self.charge(if is_foreign { ticks.wrapping_add(self.burst) } else { due }, now, bytes)
    }
}

#[cfg(test)]
mod tests;
