//! TLS: what of a `ClientHello` (RFC 8446, section 4.1.2) leads to the server's name (RFC 6066, section 3),
//! over as many records as it takes.

mod part;

use super::{
    flags,
    http::Phase,
    stream::{Progress, Stream},
    word::Run,
};
use crate::narrow::low_half;
use part::Part;

/// The first byte of a record that has a handshake message.
pub(super) const RECORD: u8 = 22;

/// The longest record, in bytes, and the longest message that is read.
const LONGEST: u32 = 1 << 14;

/// The header of a record: [`RECORD`], the version's two bytes, two of length.
const HEADER: u32 = 5;

/// Where in it a stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Hello {
    /// Bytes of a record's header that were read.
    header: u32,
    /// The last bytes of that header.
    length: u32,
    /// Bytes of the record that were not read.
    record: u32,
    /// Bytes of the message that no part has claimed.
    message: u32,
    /// Bytes of the list of names that no part has claimed.
    names: u32,
    /// Bytes to skip before this part, in later records.
    skip: u32,
    /// Bytes of this part that were not read.
    missing: u32,
    /// What was read of this part, if it is a number.
    number: u32,
    part: Part,
}

impl Stream {
    /// The first byte is [`RECORD`].
    #[inline(always)]
    pub(super) fn begin_hello(&mut self) -> Progress {
        if self.flags & flags::KNOWN != 0 {
            return Progress::Malformed;
        }
        self.phase = Phase::Hello;
        self.hello = Hello { header: 1, message: 3, missing: 1, ..Hello::default() };
        self.begin_request();
        Progress::More
    }

    #[inline(always)]
    pub(super) fn push_hello(&mut self, byte: u8) -> Progress {
        if self.hello.record == 0 {
            return self.header(byte);
        }
        self.hello.record = self.hello.record.wrapping_sub(1);
        self.hello.missing = self.hello.missing.saturating_sub(1);
        let progress = if self.hello.part == Part::Name {
            self.server_name(byte)
        } else {
            self.hello_number(byte)
        };
        if progress == Progress::Complete {
            self.pause(Phase::Over);
        }
        progress
    }

    /// Bytes before the last of a part.
    #[inline(always)]
    pub(super) fn run_hello(&mut self, word: u64, bytes: u32) -> u32 {
        let most = self.hello.missing.saturating_sub(1).min(self.hello.record).min(bytes);
        let taken = if self.hello.part == Part::Name {
            let run = Run::name(word);
            if run.bytes > most || !self.run_label(run) { 0 } else { run.bytes }
        } else if (1..=3).contains(&most) {
            let bits = most.wrapping_mul(8);
            let number = word.swap_bytes().wrapping_shr(64_u32.wrapping_sub(bits));
            self.hello.number = self.hello.number.wrapping_shl(bits) | low_half(number);
            most
        } else {
            0
        };
        self.hello.record = self.hello.record.wrapping_sub(taken);
        self.hello.missing = self.hello.missing.wrapping_sub(taken);
        taken
    }

    #[inline(always)]
    fn hello_number(&mut self, byte: u8) -> Progress {
        self.hello.number = self.hello.number << 8 | u32::from(byte);
        if self.hello.missing > 0 {
            return Progress::More;
        }
        let number = self.hello.number;
        self.hello.number = 0;
        self.part(number)
    }

    /// A record's header, which may come in the midst of a part.
    #[inline(always)]
    fn header(&mut self, byte: u8) -> Progress {
        let index = self.hello.header;
        let is_right = match index {
            0 => byte == RECORD,
            1 => byte == 3,
            2 => byte <= 4,
            _ => true,
        };
        if !is_right {
            return Progress::Malformed;
        }
        self.hello.header = index.wrapping_add(1);
        self.hello.length = self.hello.length << 8 & 0xff00 | u32::from(byte);
        if self.hello.header == HEADER {
            self.hello.header = 0;
            self.hello.record = self.hello.length;
            self.flags |= flags::CERTAIN;
            self.skip_in_records(self.hello.skip);
            if !(1..=LONGEST).contains(&self.hello.length) {
                return Progress::Malformed;
            }
        }
        Progress::More
    }

    /// Skips so many bytes of the message.
    #[inline(always)]
    fn skip_in_records(&mut self, bytes: u32) {
        let here = bytes.min(self.hello.record);
        self.hello.record = self.hello.record.wrapping_sub(here);
        self.hello.skip = bytes.wrapping_sub(here);
        self.skip = u64::from(here);
    }
}
