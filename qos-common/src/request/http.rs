//! HTTP/1.x (RFC 9112): a [`mod@line`] with a [`target`], [`field`]s, and what
//! is to be skipped of a [`body`].

mod body;
mod field;
mod line;
mod target;
mod value;

use super::{
    flags, hello,
    stream::{Progress, Stream},
};

/// The longest head of a request, in bytes.
pub(super) const LONGEST: u32 = 16_384;

/// Where the next byte belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Phase {
    /// Before a request.
    #[default]
    Start,
    Method,
    Target,
    Scheme,
    /// Between a scheme and a host.
    Slashes,
    Authority,
    /// Behind a slash of the path.
    Slash,
    /// In an element of the path.
    Element,
    /// Behind the path.
    Query,
    /// Behind `*`.
    Asterisk,
    Version,
    /// At the begin of a line.
    Field,
    Name,
    /// Of a field that does not matter.
    Value,
    Host,
    Length,
    Coding,
    /// Of a chunk.
    Size,
    /// Behind a chunk's size.
    Extension,
    /// Behind a chunk.
    ChunkEnd,
    /// In TLS.
    Hello,
    /// Bytes are missing, or were none of a request: until a segment begins with one.
    Lost,
    Over,
}

impl Stream {
    #[inline(always)]
    pub(super) fn push_http(&mut self, byte: u8) -> Progress {
        self.head = self.head.wrapping_add(1);
        let returned = self.flags & flags::RETURN != 0;
        if self.head > LONGEST || returned && byte != b'\n' {
            return Progress::Malformed;
        }
        if byte < b' ' || byte == 0x7f {
            match byte {
                b'\n' => self.flags &= !flags::RETURN,
                b'\t' => {}
                b'\r' => {
                    self.flags |= flags::RETURN;
                    return Progress::More;
                }
                hello::RECORD if self.phase == Phase::Start && self.head == 1 => {
                    return self.begin_hello();
                }
                _ => return Progress::Malformed,
            }
        }
        match self.phase {
            Phase::Start => self.start(byte),
            Phase::Method => self.method(byte),
            Phase::Target => self.target(byte),
            Phase::Scheme => self.scheme(byte),
            Phase::Slashes => self.slashes(byte),
            Phase::Authority => self.authority(byte),
            Phase::Slash | Phase::Element => self.path(byte),
            Phase::Query => self.query(byte),
            Phase::Asterisk => self.asterisk(byte),
            Phase::Version => self.version(byte),
            Phase::Field => self.field(byte),
            Phase::Name => self.name(byte),
            Phase::Value => self.value(byte),
            Phase::Host | Phase::Length | Phase::Coding => self.known_value(byte),
            Phase::Size => self.size(byte, returned),
            Phase::Extension => self.extension(byte, returned),
            Phase::ChunkEnd => self.chunk_end(byte, returned),
            Phase::Hello | Phase::Lost | Phase::Over => Progress::More,
        }
    }

    /// What comes next is a request.
    #[inline(always)]
    fn between(&mut self) {
        self.phase = Phase::Start;
        self.flags = flags::KNOWN;
        self.head = 0;
    }
}
