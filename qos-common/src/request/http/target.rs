//! A request's target (RFC 9112, section 3.2): `/path?query`, `http://host:port/path?query`, `host:port`
//! of `CONNECT`, and `*`.

use super::Phase;
use crate::request::{
    TOO_MANY_ELEMENTS, flags,
    host::Part,
    key::{self, Text},
    stream::{Progress, Stream},
    word::Run,
};

impl Stream {
    #[inline(always)]
    pub(super) fn target(&mut self, byte: u8) -> Progress {
        match byte {
            b'/' => return self.begin_path(),
            b'*' => self.phase = Phase::Asterisk,
            b'a'..=b'z' | b'A'..=b'Z' => self.phase = Phase::Scheme,
            _ => return Progress::Malformed,
        }
        Progress::More
    }

    #[inline(always)]
    pub(super) fn asterisk(&mut self, byte: u8) -> Progress {
        if byte == b' ' { self.begin_version() } else { Progress::Malformed }
    }

    /// Servers answer whatever the scheme says.
    #[inline(always)]
    pub(super) fn scheme(&mut self, byte: u8) -> Progress {
        match byte {
            b':' => {
                self.phase = Phase::Slashes;
                self.position = 0;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.' => {}
            _ => return Progress::Malformed,
        }
        Progress::More
    }

    #[inline(always)]
    pub(super) fn slashes(&mut self, byte: u8) -> Progress {
        if byte != b'/' {
            return Progress::Malformed;
        }
        self.position = self.position.wrapping_add(1);
        if self.position > 1 {
            self.begin_authority();
        }
        Progress::More
    }

    #[inline(always)]
    pub(super) fn begin_authority(&mut self) {
        self.flags |= flags::AUTHORITY;
        self.phase = Phase::Authority;
        self.begin_host();
    }

    #[inline(always)]
    pub(super) fn authority(&mut self, byte: u8) -> Progress {
        match byte {
            b'\t' | b'\n' => return Progress::Malformed,
            b'@' => self.begin_host(),
            b'/' | b'?' | b'#' | b' ' => {
                let is_host_only = self.flags & flags::CONNECT != 0;
                if is_host_only && (byte != b' ' || self.host == Part::Begin) {
                    return Progress::Malformed;
                }
                self.end_host();
                return self.end_authority(byte);
            }
            _ => self.push_host(byte),
        }
        Progress::More
    }

    #[inline(always)]
    fn end_authority(&mut self, byte: u8) -> Progress {
        match byte {
            b'/' => return self.begin_path(),
            b' ' => return self.begin_version(),
            _ => self.phase = Phase::Query,
        }
        Progress::More
    }

    #[inline(always)]
    fn begin_path(&mut self) -> Progress {
        self.phase = Phase::Slash;
        self.text = Text::behind(key::EMPTY);
        Progress::More
    }

    /// An element ends with a slash, or the path does; a path that ends with a slash has no empty
    /// element behind it.
    #[inline(always)]
    pub(super) fn path(&mut self, byte: u8) -> Progress {
        let ends = matches!(byte, b'/' | b'?' | b'#' | b' ');
        if ends && (byte == b'/' || self.phase == Phase::Element) {
            self.end_element();
        }
        match byte {
            b'\t' | b'\n' => return Progress::Malformed,
            b' ' => return self.begin_version(),
            b'?' | b'#' => self.phase = Phase::Query,
            b'/' => self.phase = Phase::Slash,
            _ => {
                self.phase = Phase::Element;
                self.text.push(byte.into(), 1);
            }
        }
        Progress::More
    }

    #[inline(always)]
    pub(in crate::request) fn run_element(&mut self, run: Run) -> u32 {
        if run.bytes > 0 {
            self.phase = Phase::Element;
            self.text.push(run.word, run.bytes);
        }
        run.bytes
    }

    #[inline(always)]
    fn end_element(&mut self) {
        let key = self.text.hash();
        self.text = Text::behind(key);
        match self.request.path.get_mut(self.request.elements as usize) {
            Some(element) => {
                *element = key;
                self.request.elements = self.request.elements.wrapping_add(1);
            }
            None => self.request.elements = TOO_MANY_ELEMENTS,
        }
    }

    #[inline(always)]
    pub(super) fn query(&mut self, byte: u8) -> Progress {
        match byte {
            b'\t' | b'\n' => Progress::Malformed,
            b' ' => self.begin_version(),
            _ => Progress::More,
        }
    }
}
