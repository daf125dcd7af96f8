//! What the client of a connection asks for, as its first bytes tell: of HTTP/1.x the request line and
//! `Host` (RFC 9112), of TLS the server's name (RFC 6066). What is kept are hashes, which the loader
//! makes of the policies' URLs and names in the same way ([`key`]). A [`stream`] reads it as it arrives.

mod flags;
mod hello;
mod host;
mod http;
pub mod key;
pub mod peer;
mod run;
mod start;
pub mod stream;
mod word;

use crate::executable::mix;

/// The most labels of a host's name; a host of more is none.
pub const MAX_LABELS: usize = 10;

/// The most elements of a path that are told apart.
pub const MAX_ELEMENTS: usize = 12;

/// [`Request::elements`] of a longer path.
pub const TOO_MANY_ELEMENTS: u32 = 13;

/// [`Request::scheme`] of plain HTTP.
pub const HTTP: u32 = 1;
/// [`Request::scheme`] of TLS.
pub const HTTPS: u32 = 2;

/// A request; all 0 if nothing is known. Behind the last of its keys there may be others' keys.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Request {
    /// [`Request::version_of`] all that follows; 0 if nothing is known.
    pub version: u64,
    /// [`HTTP`] or [`HTTPS`].
    pub scheme: u32,
    /// The port that the request names; 0 if it names none, and then stands for the scheme's own
    /// and for the one that it came to.
    pub port: u32,
    /// How many of `suffixes` there are; 0 if no host is known.
    pub labels: u32,
    /// How many of `path` there are; [`TOO_MANY_ELEMENTS`] if not all of them fit.
    pub elements: u32,
    /// Keys ([`key::suffix`]) of the host without its first labels: the first is that of the whole host, the
    /// last that of its last label alone.
    pub suffixes: [u64; MAX_LABELS],
    /// Keys ([`key::path`]) of the path up to each of its elements: of `/a`, `/a/b`, and so on.
    pub path: [u64; MAX_ELEMENTS],
}

const _: () = assert!(size_of::<Request>() == 200);

impl Request {
    /// A number for what is known: never 0, and another one for another request.
    #[inline(always)]
    pub fn version_of(&self) -> u64 {
        let [scheme, port] = [self.scheme, self.port].map(u64::from);
        let [labels, elements] = [self.labels, self.elements].map(u64::from);
        let numbers = mix(scheme << 32 | port, labels << 32 | elements);
        let hosts = mixed(numbers, &self.suffixes, self.labels);
        mixed(hosts, &self.path, self.elements) | 1 << 63
    }

    /// Whether it is known, and was not read while it was written.
    #[inline(always)]
    pub fn is_whole(&self) -> bool {
        self.version != 0 && self.version == self.version_of()
    }
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && self.numbers() == other.numbers()
            && self.keys().eq(other.keys())
    }
}

impl Eq for Request {}

impl Request {
    const fn numbers(&self) -> [u32; 4] {
        [self.scheme, self.port, self.labels, self.elements]
    }

    /// All that there are.
    fn keys(&self) -> impl Iterator<Item = &u64> {
        let path = self.path.iter().take(self.elements as usize);
        self.suffixes.iter().take(self.labels as usize).chain(path)
    }
}

/// `sum` with the first `count` of the keys, or all.
#[inline(always)]
fn mixed(sum: u64, keys: &[u64], count: u32) -> u64 {
    let mut sum = sum;
    for (index, key) in keys.iter().enumerate() {
        if index >= count as usize {
            break;
        }
        sum = mix(sum, *key);
    }
    sum
}
