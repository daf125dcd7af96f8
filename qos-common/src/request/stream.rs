//! What a client sends, as it arrives, in segments that may end anywhere.

use super::{
    HTTP, HTTPS, Request, flags,
    hello::Hello,
    host,
    http::Phase,
    key::{self, Text},
};
use crate::narrow::{self, low_half};

/// [`Stream::to_skip`] of one of which nothing is read for now.
const ALL: u64 = u64::MAX;

/// What bytes have come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing yet.
    More,
    /// [`Stream::request`] is known. Of its head some may follow.
    Complete,
    /// A request, but one that no server should answer.
    Malformed,
    /// Nothing that is read here: [`Stream::is_over`].
    Over,
}

/// One direction of a connection; a new one is all 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Stream {
    /// The labels of its host are hashes, and no keys, until it is complete.
    pub(super) request: Request,
    /// How many bytes to pass over.
    pub(super) skip: u64,
    /// That is being read: a method, an element of a path, a label, a field's name.
    pub(super) text: Text,
    /// The value of a field.
    pub(super) value: Text,
    /// That is being read.
    pub(super) number: u64,
    /// The hash of the value of `Host`.
    pub(super) host_value: u64,
    /// Of the body.
    pub(super) length: u64,
    /// The hash of the last transfer coding.
    pub(super) coding: u64,
    pub(super) hello: Hello,
    pub(super) phase: Phase,
    /// Where in a host's name it is.
    pub(super) host: host::Part,
    /// [`flags`].
    pub(super) flags: u32,
    /// Bytes of what is being read.
    pub(super) position: u32,
    /// Bytes of this head, or of a chunk's size.
    pub(super) head: u32,
}

const _: () = assert!(size_of::<Stream>() == 328);

impl Stream {
    /// A segment begins. If bytes are missing before it, it may begin with a request.
    #[inline(always)]
    pub fn begin_segment(&mut self) {
        if self.phase == Phase::Lost {
            self.phase = Phase::Start;
            self.skip = 0;
            self.head = 0;
        }
    }

    /// How many bytes come next that need no look.
    #[inline(always)]
    pub fn to_skip(&self) -> u64 {
        self.skip
    }

    /// That many bytes, at most [`Stream::to_skip`], were not taken.
    #[inline(always)]
    pub fn skip(&mut self, bytes: u64) {
        if self.skip != ALL {
            self.skip = self.skip.saturating_sub(bytes);
        }
    }

    /// Takes some of the next bytes, and says how many. `word` has `bytes` of them, 1 to 8: the first in the
    /// lowest bits, and 0 behind them. Only the last one that it takes comes to anything.
    #[inline(always)]
    pub fn take(&mut self, word: u64, bytes: u32) -> (u32, Progress) {
        if self.skip > 0 {
            let skipped = self.skip.min(bytes.into());
            self.skip(skipped);
            return (low_half(skipped), Progress::More);
        }
        let taken = self.run(word, bytes);
        if taken >= bytes {
            return (bytes, Progress::More);
        }
        let byte = narrow::byte(low_half(word.wrapping_shr(taken.wrapping_mul(8))));
        (taken.wrapping_add(1), self.push(byte))
    }

    /// Takes the next byte.
    #[inline(always)]
    fn push(&mut self, byte: u8) -> Progress {
        let progress =
            if self.phase == Phase::Hello { self.push_hello(byte) } else { self.push_http(byte) };
        match progress {
            Progress::Complete => self.complete(),
            Progress::Malformed => return self.fail(),
            Progress::More | Progress::Over => {}
        }
        progress
    }

    /// What was asked for: when [`Progress::Complete`] is returned, and until the next byte.
    #[inline(always)]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Bytes are missing.
    #[inline(always)]
    pub fn lose(&mut self) {
        if self.phase == Phase::Hello {
            self.pause(Phase::Over);
        } else if self.phase != Phase::Over {
            self.flags |= flags::KNOWN;
            self.pause(Phase::Lost);
        }
    }

    /// Whether a request has ended and nothing has followed. From here on the same bytes come to the same, and
    /// if this is so behind them too, the stream is the same there.
    #[inline(always)]
    pub fn is_between(&self) -> bool {
        let begins = self.phase == Phase::Start && self.flags == flags::KNOWN;
        begins && self.skip == 0 && self.head == 0
    }

    /// Whether nothing of what follows is read.
    #[inline(always)]
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Reads nothing, until a segment begins ([`Phase::Lost`]) or ever again ([`Phase::Over`]).
    #[inline(always)]
    pub(super) fn pause(&mut self, phase: Phase) {
        self.phase = phase;
        self.skip = ALL;
        self.flags &= flags::KNOWN;
    }

    #[inline(always)]
    pub(super) fn begin_request(&mut self) {
        self.begin_host();
        self.request.elements = 0;
    }

    #[inline(always)]
    fn complete(&mut self) {
        self.request.scheme = if self.phase == Phase::Over { HTTPS } else { HTTP };
        key::join(&mut self.request.suffixes, self.request.labels);
        self.request.version = self.request.version_of();
    }

    #[inline(always)]
    fn fail(&mut self) -> Progress {
        let progress = if self.flags & flags::CERTAIN != 0 {
            Progress::Malformed
        } else if self.flags & flags::KNOWN != 0 {
            Progress::More
        } else {
            Progress::Over
        };
        self.pause(if self.flags & flags::KNOWN == 0 { Phase::Over } else { Phase::Lost });
        progress
    }
}
