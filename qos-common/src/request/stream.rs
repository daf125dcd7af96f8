//! What a client sends, byte by byte as it arrives, in segments that may end anywhere.

use super::{HTTP, HTTPS, Request, flags, hello::Hello, host, http::Phase, key};

/// [`Stream::to_skip`] of one of which nothing is read for now.
const ALL: u64 = u64::MAX;

/// What a byte has come to.
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
    /// Of what is being read: a method, a path, a label, a field's name.
    pub(super) hash: u64,
    /// That is being read, or a hash of a field's value.
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

const _: () = assert!(size_of::<Stream>() == 304);

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

    /// That many bytes, at most [`Stream::to_skip`], were not pushed.
    #[inline(always)]
    pub fn skip(&mut self, bytes: u64) {
        if self.skip != ALL {
            self.skip = self.skip.saturating_sub(bytes);
        }
    }

    /// Takes the next byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) -> Progress {
        if self.skip > 0 {
            self.skip(1);
            return Progress::More;
        }
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

    /// What keys the last request left behind is cleared by [`Stream::complete`]: BPF clears memory
    /// byte by byte.
    #[inline(always)]
    pub(super) fn begin_request(&mut self) {
        self.begin_host();
        self.request.elements = 0;
    }

    #[inline(always)]
    fn complete(&mut self) {
        self.request.scheme = if self.phase == Phase::Over { HTTPS } else { HTTP };
        key::join(&mut self.request.suffixes, self.request.labels);
        let elements = self.request.elements as usize;
        for (index, element) in self.request.path.iter_mut().enumerate() {
            *element = if index < elements { *element } else { 0 };
        }
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
