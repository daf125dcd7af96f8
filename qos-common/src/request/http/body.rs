//! What follows a head (RFC 9112, section 6): so many bytes, or chunks, which are skipped, or what is no HTTP.

use super::Phase;
use crate::request::{
    flags, key,
    stream::{Progress, Stream},
};

const CHUNKED: u64 = key::text(key::EMPTY, b"chunked");

/// The longest chunk, in bytes.
const LARGEST: u64 = 1 << 48;

impl Stream {
    /// An empty line ends the head, or what follows the last chunk.
    #[inline(always)]
    pub(super) fn end_head(&mut self) -> Progress {
        let known = self.flags;
        if known & flags::TRAILER != 0 {
            self.between();
        } else if known & (flags::CONNECT | flags::UPGRADE) != 0 {
            self.pause(Phase::Lost);
        } else if known & flags::CODING != 0 {
            if self.coding != CHUNKED {
                return Progress::Malformed;
            }
            self.begin_size();
        } else {
            self.between();
            self.skip = if known & flags::LENGTH != 0 { self.length } else { 0 };
        }
        if known & flags::COMPLETE == 0 { Progress::Complete } else { Progress::More }
    }

    #[inline(always)]
    fn begin_size(&mut self) {
        self.phase = Phase::Size;
        self.flags |= flags::COMPLETE;
        self.number = 0;
        self.position = 0;
        self.head = 0;
    }

    /// Lines end with CR LF here: there are servers to whom a LF alone is a byte of an extension.
    #[inline(always)]
    pub(super) fn size(&mut self, byte: u8, returned: bool) -> Progress {
        let digit = match byte {
            b'0'..=b'9' => byte.wrapping_sub(b'0'),
            b'a'..=b'f' | b'A'..=b'F' => (byte | 0x20).wrapping_sub(b'a' - 10),
            b'\n' | b';' | b' ' | b'\t' if self.position > 0 => {
                self.phase = Phase::Extension;
                return self.extension(byte, returned);
            }
            _ => return Progress::Malformed,
        };
        self.position = 1;
        self.number = self.number << 4 | u64::from(digit);
        if self.number > LARGEST { Progress::Malformed } else { Progress::More }
    }

    /// What a chunk's size is followed by is nothing to us.
    #[inline(always)]
    pub(super) fn extension(&mut self, byte: u8, returned: bool) -> Progress {
        if byte == b'\n' {
            if !returned {
                return Progress::Malformed;
            }
            self.head = 0;
            self.skip = self.number;
            self.phase = Phase::ChunkEnd;
            if self.number == 0 {
                self.phase = Phase::Field;
                self.flags |= flags::TRAILER;
            }
        }
        Progress::More
    }

    #[inline(always)]
    pub(super) fn chunk_end(&mut self, byte: u8, returned: bool) -> Progress {
        if byte != b'\n' || !returned {
            return Progress::Malformed;
        }
        self.begin_size();
        Progress::More
    }
}
