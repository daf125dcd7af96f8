//! The values of the fields that matter.

use super::Phase;
use crate::request::{
    flags,
    key::{EMPTY, Text},
    stream::{Progress, Stream},
    word::Run,
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

    /// Bytes of a label, if it is that of the host.
    #[inline(always)]
    pub(in crate::request) fn run_host(&mut self, run: Run) -> u32 {
        let other = self.flags & (flags::GAP | flags::AUTHORITY | flags::HOST) != 0;
        if other || !self.run_label(run) {
            return 0;
        }
        self.flags |= flags::BEGUN;
        self.value.push(run.word, run.bytes);
        run.bytes
    }

    #[inline(always)]
    fn host_byte(&mut self, byte: u8, spaced: bool) -> Progress {
        self.value_byte(byte, spaced);
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
        let value = self.value.hash();
        if known & flags::HOST != 0 && value != self.host_value {
            return Progress::Malformed;
        }
        self.host_value = value;
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
            self.value = Text::behind(EMPTY);
            self.flags &= !flags::BEGUN;
        } else {
            self.value_byte(byte, spaced);
        }
        Progress::More
    }

    #[inline(always)]
    fn end_coding(&mut self) {
        if self.value != Text::behind(EMPTY) {
            self.coding = self.value.hash();
        }
    }

    #[inline(always)]
    fn value_byte(&mut self, byte: u8, spaced: bool) {
        if spaced {
            self.value.push(b' '.into(), 1);
        }
        self.value.push(byte.to_ascii_lowercase().into(), 1);
    }
}
