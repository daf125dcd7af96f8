//! The HTB qdisc at the root of an interface, with a class for each policy that has a rate. Packets
//! without a class leave as if it was not there. What the program lets through is no faster than the
//! rate but for its burst: the classes spread that, and drop nothing of it.
//!
//! A qdisc outlives the process that made it. So a loader that has one listens under a name that belongs
//! to the network namespace and ends with the process: who finds that free may take the qdisc away.

mod message;

use std::{collections::BTreeMap, io};

use libc::{EADDRINUSE, EINVAL, ENODEV, ENOENT};
use socket2::{Domain, SockAddr, Socket, Type};
use tracing::warn;

use super::super::netlink;
pub(super) use message::KIND;

/// How the names begin under which loaders listen; the rest is the interface's number.
const PREFIX: &str = "qos-loader-htb/";

/// A qdisc of this loader; dropping it brings the kernel's default back.
#[derive(Debug)]
pub(super) struct Tree {
    index: u32,
    /// Bytes a second, by the policies' slots.
    rates: BTreeMap<u32, u64>,
    _claim: Claim,
}

/// The right of one loader to have such a qdisc on an interface.
#[derive(Debug)]
pub(super) struct Claim {
    _socket: Socket,
}

impl Claim {
    /// None while another loader has it.
    pub(super) fn on(index: u32) -> io::Result<Option<Self>> {
        let socket = Socket::new(Domain::UNIX, Type::DGRAM, None)?;
        match socket.bind(&SockAddr::unix(format!("\0{PREFIX}{index}"))?) {
            Ok(()) => Ok(Some(Self { _socket: socket })),
            Err(error) if error.raw_os_error() == Some(EADDRINUSE) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Takes away what a loader left that was killed.
pub(super) fn remove(index: u32, _claim: &Claim) -> io::Result<()> {
    netlink::request(message::delete(index), 0)
}

impl Tree {
    /// In the place of the kernel's default: no other qdisc is replaced.
    pub(super) fn new(index: u32, claim: Claim) -> io::Result<Self> {
        let (message, flags) = message::root(index);
        netlink::request(message, flags)?;
        Ok(Self { index, rates: BTreeMap::new(), _claim: claim })
    }

    /// Has classes for these rates, in bytes a second by the policies' slots, and no others.
    pub(super) fn set(&mut self, rates: &BTreeMap<u32, u64>) -> io::Result<()> {
        let new = rates.iter().filter(|(slot, rate)| self.rates.get(slot) != Some(rate));
        for (slot, rate) in new {
            for (message, flags) in message::class(self.index, *slot, *rate) {
                netlink::request(message, flags)?;
            }
        }
        for slot in self.rates.keys().filter(|slot| !rates.contains_key(slot)) {
            netlink::request(message::delete_class(self.index, *slot), 0)?;
        }
        self.rates.clone_from(rates);
        Ok(())
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        match netlink::request(message::delete(self.index), 0) {
            // It, or the interface, is gone already, or something else is in its place.
            Err(error) if matches!(error.raw_os_error(), Some(ENODEV | ENOENT | EINVAL)) => {}
            Err(error) => warn!("the root qdisc of interface {} stays: {error}", self.index),
            Ok(()) => {}
        }
    }
}
