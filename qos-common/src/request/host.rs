//! The name of a host and its port, as URLs, `Host` and TLS write them (RFC 3986, section 3.2).

use super::{
    key::{EMPTY, Text},
    stream::Stream,
    word::Run,
};

/// Where in a name the next byte belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Part {
    /// At its begin.
    #[default]
    Begin,
    /// In a label, or at its end.
    Label,
    /// Behind a dot.
    Dot,
    /// In brackets.
    Literal,
    /// Behind the brackets.
    Closed,
    /// Behind the colon.
    Port,
    /// This is no name.
    Wrong,
}

impl Stream {
    /// A name begins.
    #[inline(always)]
    pub(super) fn begin_host(&mut self) {
        self.host = Part::Begin;
        self.text = Text::behind(EMPTY);
        self.request.labels = 0;
        self.request.port = 0;
    }

    /// The name's next byte, or its port's.
    #[inline(always)]
    pub(super) fn push_host(&mut self, byte: u8) {
        let byte = byte.to_ascii_lowercase();
        self.host = match (self.host, byte) {
            (Part::Port, _) => self.push_port(byte),
            (Part::Begin, b'[') => self.hashed(byte, Part::Literal),
            (Part::Literal, b']') => {
                self.hashed(byte, Part::Closed);
                self.end_label(Part::Closed)
            }
            (Part::Literal, b'0'..=b'9' | b'a'..=b'f' | b':' | b'.') => {
                self.hashed(byte, Part::Literal)
            }
            (Part::Begin | Part::Label | Part::Dot, _) if is_name(byte) => {
                self.hashed(byte, Part::Label)
            }
            (Part::Label, b'.') => self.end_label(Part::Dot),
            (Part::Label, b':') => self.end_label(Part::Port),
            (Part::Dot | Part::Closed, b':') => Part::Port,
            _ => Part::Wrong,
        };
    }

    /// Bytes of a label, if one may stand here.
    #[inline(always)]
    pub(super) fn run_label(&mut self, run: Run) -> bool {
        let is_label = matches!(self.host, Part::Begin | Part::Label | Part::Dot);
        if !is_label || run.bytes == 0 {
            return false;
        }
        self.host = Part::Label;
        self.text.push(run.word, run.bytes);
        true
    }

    /// The name has ended.
    #[inline(always)]
    pub(super) fn end_host(&mut self) {
        if self.host == Part::Label {
            self.host = self.end_label(Part::Dot);
        }
        if matches!(self.host, Part::Begin | Part::Literal | Part::Wrong) {
            self.begin_host();
        }
    }

    #[inline(always)]
    fn hashed(&mut self, byte: u8, part: Part) -> Part {
        self.text.push(byte.into(), 1);
        part
    }

    #[inline(always)]
    fn end_label(&mut self, next: Part) -> Part {
        let Some(label) = self.request.suffixes.get_mut(self.request.labels as usize) else {
            return Part::Wrong;
        };
        *label = self.text.hash();
        self.text = Text::behind(EMPTY);
        self.request.labels = self.request.labels.wrapping_add(1);
        next
    }

    #[inline(always)]
    fn push_port(&mut self, byte: u8) -> Part {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        let port = self.request.port.wrapping_mul(10).wrapping_add(digit);
        if digit > 9 || port > 0xffff {
            return Part::Wrong;
        }
        self.request.port = port;
        Part::Port
    }
}

/// Whether names have it, in lower case. With underscores, which hosts should not have but do.
#[inline(always)]
const fn is_name(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}
