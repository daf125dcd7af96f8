//! The vectors of the request that a packet answers: by scheme and host, by port, and by path. The
//! builder has put the bits of all that covers a key into its vector: the first that is found is right.

use super::{Image, layout, table};
use crate::{
    executable::mix,
    narrow::low_half,
    request::{MAX_ELEMENTS, Request, key::EMPTY},
};

/// [`host_key`] of any host.
pub const ANY_HOST: u64 = 0;
/// [`port_key`] of a request that names its port.
pub const NAMED: u32 = 0;
/// [`port_key`] of ports that have no key of their own.
pub const OTHER_PORT: u32 = u32::MAX;

/// The most steps of a search: two for the host, two for the port, and the path itself and whatever
/// it may lie below.
pub const MAX_STEPS: u32 = 4 + 1 + MOST_ELEMENTS + 1;

/// The key of a scheme and a host ([`crate::request::key::suffix`]), or [`ANY_HOST`].
#[inline(always)]
pub const fn host_key(scheme: u32, host: u64) -> u64 {
    mix(host, scheme as u64)
}

/// The key of a port that is [`NAMED`]; or, of requests of a scheme that name none, of the port that
/// they came to.
#[inline(always)]
pub const fn port_key(scheme: u32, port: u32) -> u64 {
    (scheme as u64) << 32 | port as u64
}

/// The key of what lies at `path` ([`crate::request::key::path`]) or below it, or exactly there.
#[inline(always)]
pub const fn path_key(path: u64, exactly: bool) -> u64 {
    mix(path, exactly as u64)
}

/// The offsets of a request's vectors.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Vectors {
    pub(super) host: u32,
    pub(super) port: u32,
    pub(super) path: u32,
}

impl Vectors {
    /// Those of a packet that answers no request.
    #[inline(always)]
    pub fn none<I: Image + ?Sized>(image: &I) -> Self {
        let [host, port, path] = [layout::URL_HOSTS, layout::URL_PORTS, layout::URL_PATHS]
            .map(|table| image.header(table.absent()));
        Self { host, port, path }
    }
}

/// The most elements of a path that a key is of.
const MOST_ELEMENTS: u32 = low_half(MAX_ELEMENTS as u64);

/// The state of the search; [`Search::step`] is the body of the loop.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Search {
    /// What the next step looks for.
    stage: u32,
    /// How many of the path's elements it looks at.
    level: u32,
    /// The port that the request came to.
    port: u32,
    vectors: Vectors,
}

/// The stages. Where one finds nothing the next goes on; else the next pair begins.
const HOST: u32 = 0;
const SCHEME: u32 = 1;
const PORT: u32 = 2;
const PORTS: u32 = 3;
const PATH: u32 = 4;
const ABOVE: u32 = 5;
const OVER: u32 = 6;

impl Search {
    /// A search for `request`, which came to `port`.
    #[inline(always)]
    pub fn new<I: Image + ?Sized>(image: &I, request: &Request, port: u32) -> Self {
        let opaque = |value: u32| low_half(image.opaque(value.into()));
        let known = request.elements.min(MOST_ELEMENTS);
        Self { stage: opaque(HOST), level: opaque(known), port, vectors: Vectors::none(image) }
    }

    /// Looks for one key. True when the search is over.
    #[inline(always)]
    pub fn step<I: Image + ?Sized>(&mut self, image: &I, request: &Request) -> bool {
        let (table, key) = match self.stage {
            HOST => (layout::URL_HOSTS, host_key(request.scheme, host(request))),
            SCHEME => (layout::URL_HOSTS, host_key(request.scheme, ANY_HOST)),
            PORT if request.port != 0 => (layout::URL_PORTS, port_key(NAMED, request.port)),
            PORT => (layout::URL_PORTS, port_key(request.scheme, self.port)),
            PORTS if request.port != 0 => (layout::URL_PORTS, port_key(NAMED, OTHER_PORT)),
            PORTS => (layout::URL_PORTS, port_key(request.scheme, OTHER_PORT)),
            PATH => (layout::URL_PATHS, path_key(self.path(request), is_whole(request))),
            ABOVE => (layout::URL_PATHS, path_key(self.path(request), false)),
            _ => return true,
        };
        let found = table::get(image, table, key);
        if let Some(vector) = found {
            match self.stage {
                HOST | SCHEME => self.vectors.host = vector,
                PORT | PORTS => self.vectors.port = vector,
                _ => self.vectors.path = vector,
            }
        }
        self.stage = match (self.stage, found.is_some()) {
            (HOST, false) => SCHEME,
            (HOST, true) | (SCHEME, _) => PORT,
            (PORT, false) => PORTS,
            (PORT, true) | (PORTS, _) => PATH,
            (PATH, false) => ABOVE,
            (ABOVE, false) if self.level != 0 => {
                self.level = self.level.wrapping_sub(1);
                ABOVE
            }
            _ => OVER,
        };
        self.stage == OVER
    }

    /// The vectors that were found, or those of packets that answer no request.
    #[inline(always)]
    pub const fn vectors(&self) -> Vectors {
        self.vectors
    }

    /// The key of the path of the elements that the next step looks at.
    #[inline(always)]
    fn path(&self, request: &Request) -> u64 {
        let last = self.level.wrapping_sub(1);
        request.path.get(last as usize).copied().unwrap_or(EMPTY)
    }
}

/// The key of the host, if it is known.
#[inline(always)]
fn host(request: &Request) -> u64 {
    let [host, ..] = request.suffixes;
    if request.labels == 0 { ANY_HOST } else { host }
}

/// Whether all of the path is known.
#[inline(always)]
const fn is_whole(request: &Request) -> bool {
    request.elements <= MOST_ELEMENTS
}
