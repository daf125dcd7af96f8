//! What caches know a request by: not by itself, for then each that differs would be looked up anew, but
//! by its class. For a flow, a set has one answer to all requests of a class.

use super::url;
use crate::{executable::mix, request::Request};

/// In place of the port that a request came to, in a search for its class.
pub const NO_PORT: u32 = 0;

/// The bits of a class that are its set's generation's.
const OF_GENERATION: u64 = 0xffff;

/// What a socket received or sent last; all 0 if nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Asked {
    /// [`Request::version`], for the sets that came since.
    pub version: u64,
    /// The request's class under the set that was in force when it came.
    pub class: u64,
}

impl Asked {
    /// What a server received, if a search for it found `vectors`, whatever port it came to.
    #[inline(always)]
    pub fn received(generation: u64, vectors: url::Vectors, request: &Request) -> Self {
        let url::Vectors { host, port, path } = vectors;
        // Where none is named the flow tells it.
        let port = if request.port == 0 { 0 } else { port };
        let [host, port, path, scheme] = [host, port, path, request.scheme].map(u64::from);
        let found = mix(host << 32 | path, port << 32 | scheme);
        Self::of(generation, found, request)
    }

    /// What a client sent.
    #[inline(always)]
    pub fn sent(generation: u64, request: &Request) -> Self {
        Self::of(generation, 0, request)
    }

    /// Requests to two hosts are of two classes, for the loader is told of hosts.
    #[inline(always)]
    fn of(generation: u64, found: u64, request: &Request) -> Self {
        let [host, ..] = request.suffixes;
        let host = if request.labels == 0 { 0 } else { host };
        let class = mix(found, host) & !OF_GENERATION | generation & OF_GENERATION;
        Self { version: request.version, class: class | 1 << 63 }
    }

    /// The number by which the caches of the set of this generation know it; 0 if nothing is known.
    #[inline(always)]
    pub const fn number(self, generation: u64) -> u64 {
        // Without a branch: the verifier would walk all that follows twice.
        let other = (self.class ^ generation) & OF_GENERATION;
        let is_of_it = (other.wrapping_sub(1) >> 63).wrapping_neg();
        (self.class & is_of_it) | (self.version & !is_of_it)
    }

    /// Whether that may be its number.
    #[inline(always)]
    pub const fn is_known_by(self, number: u64) -> bool {
        number == self.class || number == self.version
    }
}
