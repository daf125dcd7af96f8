//! The values of the fields that matter.

use super::Phase;
use crate::request::{
    flags, key,
    stream::{Progress, Stream},
};

/// The longest body, in bytes.
const LARGEST: u64 = 1 << 56;

impl Stream {
    /// Whitespace around a value is none of it.
    #[inline(always)]
    pub(super) fn known_value(&mut self, byte: u8) -> Progress {
        if byte == b'\n' {
            return self.end_value();
        }
        let has_begun = self.flags & flags::BEGUN != 0;
        if byte == b' ' || byte == b'\t' {
            if has_begun {
                self.flags |= flags::GAP;
            }
            return Progress::More;
        }
        let spaced = self.flags & flags::GAP != 0;
        self.flags = self.flags & !flags::GAP | flags::BEGUN;
        if self.phase == Phase::Host {
            self.host_byte(byte, spaced)
        } else if self.phase == Phase::Length {
            self.length_byte(byte, spaced)
        } else {
            self.coding_byte(byte, spaced)
        }
    }

    #[inline(always)]
    fn end_value(&mut self) -> Progress {
        let phase = self.phase;
        self.phase = Phase::Field;
        if phase == Phase::Host {
            return self.end_host_value();
        }
        if phase == Phase::Length {
            return self.end_length();
        }
        self.flags |= flags::CODING;
        self.end_coding();
        Progress::More
    }

    #[inline(always)]
    fn host_byte(&mut self, byte: u8, spaced: bool) -> Progress {
        self.number_byte(byte, spaced);
        if self.flags & (flags::AUTHORITY | flags::HOST) == 0 {
            self.push_host(if spaced { b' ' } else { byte });
        }
        Progress::More
    }

    /// Two hosts are the same or an attack.
    #[inline(always)]
    fn end_host_value(&mut self) -> Progress {
        let known = self.flags;
        self.flags |= flags::HOST | flags::COMPLETE;
        if known & flags::HOST != 0 && self.number != self.host_value {
            return Progress::Malformed;
        }
        self.host_value = self.number;
        if known & (flags::AUTHORITY | flags::HOST) == 0 {
            self.end_host();
        }
        if known & flags::COMPLETE == 0 { Progress::Complete } else { Progress::More }
    }

    #[inline(always)]
    fn length_byte(&mut self, byte: u8, spaced: bool) -> Progress {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        self.number = self.number.wrapping_mul(10).wrapping_add(digit);
        if spaced || digit > 9 || self.number > LARGEST {
            return Progress::Malformed;
        }
        Progress::More
    }

    #[inline(always)]
    fn end_length(&mut self) -> Progress {
        let is_other = self.flags & flags::LENGTH != 0 && self.length != self.number;
        if is_other || self.flags & flags::BEGUN == 0 {
            return Progress::Malformed;
        }
        self.length = self.number;
        self.flags |= flags::LENGTH;
        Progress::More
    }

    /// A list, of which the last matters; it may have empty elements.
    #[inline(always)]
    fn coding_byte(&mut self, byte: u8, spaced: bool) -> Progress {
        if byte == b',' {
            self.end_coding();
            self.number = key::EMPTY;
            self.flags &= !flags::BEGUN;
        } else {
            self.number_byte(byte, spaced);
        }
        Progress::More
    }

    #[inline(always)]
    fn end_coding(&mut self) {
        if self.number != key::EMPTY {
            self.coding = self.number;
        }
    }

    #[inline(always)]
    fn number_byte(&mut self, byte: u8, spaced: bool) {
        if spaced {
            self.number = key::push(self.number, b' ');
        }
        self.number = key::push(self.number, byte.to_ascii_lowercase());
    }
}
