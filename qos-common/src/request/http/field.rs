//! The lines of a head: fields, of which four matter here, up to an empty line.

use super::Phase;
use crate::request::{
    flags, key,
    stream::{Progress, Stream},
};

const HOST: u64 = key::text(b"host");
const CONTENT_LENGTH: u64 = key::text(b"content-length");
const TRANSFER_ENCODING: u64 = key::text(b"transfer-encoding");
const UPGRADE: u64 = key::text(b"upgrade");

impl Stream {
    /// A line begins. One that goes on with the value before it is obsolete, and wrong in requests.
    #[inline(always)]
    pub(super) fn field(&mut self, byte: u8) -> Progress {
        if byte == b'\n' {
            return self.end_head();
        }
        self.phase = Phase::Name;
        self.hash = key::EMPTY;
        if byte == b':' { Progress::Malformed } else { self.name(byte) }
    }

    #[inline(always)]
    pub(super) fn name(&mut self, byte: u8) -> Progress {
        if byte == b':' {
            self.begin_value();
        } else if is_token(byte) {
            self.hash = key::push(self.hash, byte.to_ascii_lowercase());
        } else {
            return Progress::Malformed;
        }
        Progress::More
    }

    #[inline(always)]
    fn begin_value(&mut self) {
        self.flags &= !(flags::BEGUN | flags::GAP);
        self.number = key::EMPTY;
        self.phase = Phase::Value;
        if self.flags & flags::TRAILER != 0 {
            return;
        }
        if self.hash == HOST {
            self.phase = Phase::Host;
            self.hash = key::EMPTY;
        } else if self.hash == CONTENT_LENGTH {
            self.phase = Phase::Length;
            self.number = 0;
        } else if self.hash == TRANSFER_ENCODING {
            self.phase = Phase::Coding;
        } else if self.hash == UPGRADE {
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
