//! The request line: a method, a target, the version.

use super::Phase;
use crate::request::{
    flags, key,
    stream::{Progress, Stream},
    word::Run,
};

/// `BASELINE-CONTROL` (RFC 3253).
const LONGEST_METHOD: u32 = 16;
const CONNECT: u64 = key::text(key::EMPTY, b"CONNECT");
const VERSION: u64 = u64::from_le_bytes(*b"HTTP/1.\0");

impl Stream {
    /// Empty lines before a request are nothing (RFC 9112, section 2.2).
    #[inline(always)]
    pub(super) fn start(&mut self, byte: u8) -> Progress {
        if byte == b'\n' {
            return Progress::More;
        }
        self.begin_method();
        self.method(byte)
    }

    #[inline(always)]
    fn begin_method(&mut self) {
        self.begin_request();
        self.flags &= flags::KNOWN;
        self.position = 0;
        self.phase = Phase::Method;
    }

    #[inline(always)]
    pub(in crate::request) fn run_method(&mut self, run: Run) -> u32 {
        if self.phase == Phase::Start && run.bytes > 0 {
            self.begin_method();
        }
        if self.position.wrapping_add(run.bytes) > LONGEST_METHOD {
            return 0;
        }
        self.position = self.position.wrapping_add(run.bytes);
        self.text.push(run.word, run.bytes);
        run.bytes
    }

    #[inline(always)]
    pub(super) fn method(&mut self, byte: u8) -> Progress {
        if byte == b' ' && self.position > 0 {
            self.phase = Phase::Target;
            if self.text.hash() == CONNECT {
                self.flags |= flags::CONNECT;
                self.begin_authority();
            }
            return Progress::More;
        }
        self.text.push(byte.into(), 1);
        self.position = self.position.wrapping_add(1);
        let is_letter = byte.is_ascii_uppercase() || byte == b'-';
        if is_letter && self.position <= LONGEST_METHOD {
            return Progress::More;
        }
        Progress::Malformed
    }

    /// All of it but the end of its line.
    #[inline(always)]
    pub(in crate::request) fn run_version(&mut self, word: u64) -> u32 {
        let digit = (word >> 56).wrapping_sub(u64::from(b'0'));
        if self.position != 0 || word << 8 != VERSION << 8 || digit > 9 {
            return 0;
        }
        self.position = 8;
        8
    }

    #[inline(always)]
    pub(super) fn version(&mut self, byte: u8) -> Progress {
        let is_right = match self.position {
            ..7 => u64::from(byte) == VERSION.wrapping_shr(self.position.wrapping_mul(8)) & 0xff,
            7 => byte.is_ascii_digit(),
            _ => byte == b'\n',
        };
        if !is_right {
            return Progress::Malformed;
        }
        self.position = self.position.wrapping_add(1);
        if byte == b'\n' {
            self.flags |= flags::KNOWN | flags::CERTAIN;
            self.phase = Phase::Field;
        }
        Progress::More
    }

    /// The target has ended.
    #[inline(always)]
    pub(super) fn begin_version(&mut self) -> Progress {
        self.phase = Phase::Version;
        self.position = 0;
        Progress::More
    }
}
