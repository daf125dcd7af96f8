//! What the program writes into a ring buffer, as it comes.

use anyhow::Context as _;
use aya::{
    Ebpf,
    maps::{MapData, RingBuf},
};
use tokio::io::{Interest, unix::AsyncFd};

use crate::error::{Error, Result};

/// The most entries that are taken at a time, so that whoever else waits has a turn.
const MOST: usize = 1_024;

/// A ring buffer of the program, of which we are the only reader.
pub(super) struct Ring(AsyncFd<RingBuf<MapData>>);

impl Ring {
    /// That of this name in a loaded object, once; needs a tokio runtime.
    pub(super) fn open(ebpf: &mut Ebpf, name: &str) -> Result<Self> {
        let map = ebpf.take_map(name).with_context(|| format!("the eBPF object has no map {name}"));
        let ring = map.and_then(|map| Ok(RingBuf::try_from(map)?)).map_err(Error::runtime)?;
        // SAFETY: the ring owns its descriptor, and lives as long as the registration.
        let ready = unsafe { AsyncFd::register_with_interest(ring, Interest::READABLE) };
        ready.map(Self).map_err(Error::runtime)
    }

    /// Waits for entries, and returns those that are there, as far as `read` makes something of them. May be
    /// dropped and called again.
    pub(super) async fn next<T>(
        &mut self,
        mut read: impl FnMut(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>> {
        let mut guard = self.0.readable_mut().await.map_err(Error::runtime)?;
        let ring = guard.get_inner_mut();
        let mut found = Vec::new();
        for _entry in 0..MOST {
            let Some(entry) = ring.next() else {
                guard.clear_ready();
                break;
            };
            found.extend(read(&entry));
        }
        Ok(found)
    }
}
