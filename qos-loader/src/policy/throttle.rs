//! Rates, in the units of the policy file.

use core::fmt;

use super::condition::KnownName;

/// A unit of rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateUnit {
    /// 1024 bytes a second, as Windows counts.
    KBps,
    /// 1024² bytes a second.
    MBps,
    /// 1000 bits a second, as tc counts.
    Kbit,
    /// 1000² bits a second.
    Mbit,
    /// 1000³ bits a second.
    Gbit,
}

impl RateUnit {
    /// Bytes a second.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::KBps => 1024,
            Self::MBps => 1024 * 1024,
            Self::Kbit => 1_000 / 8,
            Self::Mbit => 1_000_000 / 8,
            Self::Gbit => 1_000_000_000 / 8,
        }
    }
}

impl KnownName for RateUnit {
    const ALL: &'static [Self] = &[Self::KBps, Self::MBps, Self::Kbit, Self::Mbit, Self::Gbit];

    fn name(self) -> &'static str {
        match self {
            Self::KBps => "KBps",
            Self::MBps => "MBps",
            Self::Kbit => "kbit",
            Self::Mbit => "mbit",
            Self::Gbit => "gbit",
        }
    }
}

/// The most that leaves in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    number: u64,
    unit: RateUnit,
}

impl Rate {
    /// `number` of `unit`; `None` for 0, and for more bytes than 64 bits count.
    pub const fn new(number: u64, unit: RateUnit) -> Option<Self> {
        match number.checked_mul(unit.bytes()) {
            None | Some(0) => None,
            Some(_) => Some(Self { number, unit }),
        }
    }

    /// Bytes a second.
    pub const fn bytes_per_second(self) -> u64 {
        self.number * self.unit.bytes()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.unit.name())
    }
}
