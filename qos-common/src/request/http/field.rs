//! The lines of a head: fields, of which four matter here, up to an empty line.

use super::Phase;
use crate::request::{
    flags,
    key::{self, EMPTY, Text},
    stream::{Progress, Stream},
    word::Run,
};

const HOST: u64 = key::text(EMPTY, b"host");
const CONTENT_LENGTH: u64 = key::text(EMPTY, b"content-length");
const TRANSFER_ENCODING: u64 = key::text(EMPTY, b"transfer-encoding");
const UPGRADE: u64 = key::text(EMPTY, b"upgrade");

impl Stream {
    /// A line begins. One that goes on with the value before it is obsolete, and wrong in requests.
    #[inline(always)]
    pub(super) fn field(&mut self, byte: u8) -> Progress {
        if byte == b'\n' {
            return self.end_head();
        }
        self.begin_name();
        if byte == b':' { Progress::Malformed } else { self.name(byte) }
    }

    #[inline(always)]
    fn begin_name(&mut self) {
        self.phase = Phase::Name;
        self.text = Text::behind(EMPTY);
    }

    #[inline(always)]
    pub(in crate::request) fn run_name(&mut self, run: Run) -> u32 {
        if self.phase == Phase::Field && run.bytes > 0 {
            self.begin_name();
        }
        self.text.push(run.word, run.bytes);
        run.bytes
    }

    #[inline(always)]
    pub(super) fn name(&mut self, byte: u8) -> Progress {
        if byte == b':' {
            self.begin_value();
        } else if is_token(byte) {
            self.text.push(byte.to_ascii_lowercase().into(), 1);
        } else {
            return Progress::Malformed;
        }
        Progress::More
    }

    #[inline(always)]
    fn begin_value(&mut self) {
        self.flags &= !(flags::BEGUN | flags::GAP);
        self.value = Text::behind(EMPTY);
        self.phase = Phase::Value;
        if self.flags & flags::TRAILER != 0 {
            return;
        }
        let name = self.text.hash();
        if name == HOST {
            self.phase = Phase::Host;
            self.text = Text::behind(EMPTY);
        } else if name == CONTENT_LENGTH {
            self.phase = Phase::Length;
            self.number = 0;
        } else if name == TRANSFER_ENCODING {
            self.phase = Phase::Coding;
        } else if name == UPGRADE {
            self.flags |= flags::UPGRADE;
        }
    }

    #[inline(always)]
    pub(super) fn value(&mut self, byte: u8) -> Progress {
        if byte == b'\n' {
            self.phase = Phase::Field;
        }
        Progress::More
    }
}

/// `tchar` (RFC 9110, section 5.6.2), a bit for each of the bytes up to 63, and from 64 to 127.
const TOKEN: [u64; 2] = {
    let mut bits = [0; 2];
    let mut byte = 0;
    while byte < 64 {
        bits[0] |= (is_tchar(byte) as u64) << byte;
        bits[1] |= (is_tchar(byte + 64) as u64) << byte;
        byte += 1;
    }
    bits
};

#[inline(always)]
const fn is_token(byte: u8) -> bool {
    let [low, high] = TOKEN;
    let bits = if byte < 64 { low } else { high };
    byte < 128 && bits.wrapping_shr(byte as u32) & 1 != 0
}

const fn is_tchar(byte: u8) -> bool {
    let special = matches!(
        byte,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
    );
    special || byte.is_ascii_alphanumeric()
}
