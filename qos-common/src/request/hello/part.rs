//! The parts of a `ClientHello`, in their order: numbers, mostly lengths of what is skipped behind them.

use crate::request::stream::{Progress, Stream};

/// A number, or the server's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Part {
    /// What message it is.
    #[default]
    Type,
    /// The message's length.
    Message,
    /// The length of the session's number; before it stand a version and a random number.
    Session,
    Ciphers,
    Compressions,
    /// The length of all extensions.
    Extensions,
    /// An extension's type and length.
    Extension,
    /// The length of the list of names.
    Names,
    /// The type and length of a name.
    NameHeader,
    Name,
}

const CLIENT_HELLO: u32 = 1;
const VERSION_AND_RANDOM: u32 = 34;
const SERVER_NAME: u32 = 0;
const HOST_NAME: u32 = 0;

/// Behind so many bytes comes a part of so many bytes.
struct Next(u32, Part, u32);

impl Stream {
    /// A part that is a number is complete.
    #[inline(always)]
    pub(super) fn part(&mut self, number: u32) -> Progress {
        let left = self.hello.message;
        let (kind, length) = (number.wrapping_shr(16), number & 0xffff);
        let next = match self.hello.part {
            Part::Type if number == CLIENT_HELLO => Next(0, Part::Message, 3),
            Part::Message if number <= super::LONGEST => {
                self.hello.message = number;
                Next(VERSION_AND_RANDOM, Part::Session, 1)
            }
            Part::Session => Next(number, Part::Ciphers, 2),
            Part::Ciphers => Next(number, Part::Compressions, 1),
            // Before there were extensions.
            Part::Compressions if number == left => return Progress::Complete,
            Part::Compressions => Next(number, Part::Extensions, 2),
            Part::Extensions if left == 0 && number == 0 => return Progress::Complete,
            Part::Extensions if number == left => Next(0, Part::Extension, 4),
            Part::Extension if kind == SERVER_NAME && length > 0 => {
                self.hello.names = length;
                Next(0, Part::Names, 2)
            }
            Part::Extension => return self.next_extension(length),
            Part::Names if number.wrapping_add(2) == self.hello.names => {
                self.hello.names = number;
                Next(0, Part::NameHeader, 3)
            }
            Part::NameHeader => return self.name_header(kind, length),
            Part::Type | Part::Message | Part::Extensions | Part::Names | Part::Name => {
                return Progress::Malformed;
            }
        };
        self.go_on(next)
    }

    /// If there is none behind `skip` bytes, the client names no server.
    #[inline(always)]
    fn next_extension(&mut self, skip: u32) -> Progress {
        if skip == self.hello.message {
            return Progress::Complete;
        }
        self.go_on(Next(skip, Part::Extension, 4))
    }

    /// The first name of a host is the server's; no other kind of name was ever in use.
    #[inline(always)]
    fn name_header(&mut self, kind: u32, length: u32) -> Progress {
        let claimed = length.wrapping_add(3);
        if claimed > self.hello.names || length == 0 {
            return Progress::Malformed;
        }
        self.hello.names = self.hello.names.wrapping_sub(claimed);
        if kind == HOST_NAME {
            return self.go_on(Next(0, Part::Name, length));
        }
        if self.hello.names == 0 {
            return self.next_extension(length);
        }
        self.go_on(Next(length, Part::NameHeader, 3))
    }

    #[inline(always)]
    fn go_on(&mut self, Next(skip, part, bytes): Next) -> Progress {
        let claimed = skip.wrapping_add(bytes);
        if claimed > self.hello.message {
            return Progress::Malformed;
        }
        self.hello.message = self.hello.message.wrapping_sub(claimed);
        self.hello.part = part;
        self.hello.missing = bytes;
        self.skip_in_records(skip);
        Progress::More
    }

    /// A byte of the server's name. Names have no ports, and addresses no names (RFC 6066, section 3).
    #[inline(always)]
    pub(super) fn server_name(&mut self, byte: u8) -> Progress {
        self.push_host(if matches!(byte, b':' | b'[') { b' ' } else { byte });
        if self.hello.missing > 0 {
            return Progress::More;
        }
        self.end_host();
        Progress::Complete
    }
}
