//! The program as a filter of the clsact qdisc, by netlink. Such a filter outlives the process that
//! made it. So it carries its [`owner`]'s name: the next loader finds those of loaders that were
//! killed, and takes their place. [`qdisc`] and [`filters`] ask the kernel.

mod filters;
pub(super) mod owner;
mod qdisc;

use std::{io, os::fd::BorrowedFd};

use libc::{ENODEV, ENOENT, EPERM};
use tracing::{info, warn};

use super::{Interface, attachment::Direction, netlink::Entry};
use crate::error::{Error, Result};
use filters::{EGRESS, INGRESS, Place};
use owner::Owner;

/// Our filter on an interface; dropping it takes it away, and the qdisc if a loader made it and
/// nothing else is on it.
#[derive(Debug)]
pub(super) struct Filter {
    index: u32,
    direction: u16,
    name: String,
}

impl Filter {
    /// Puts the program before the filters of others, or in the place of one whose loader is gone.
    pub(super) fn attach(
        program: BorrowedFd<'_>,
        interface: &Interface,
        direction: Direction,
        owner: &Owner,
    ) -> Result<Self> {
        let Interface { index, name, .. } = interface;
        let direction = match direction {
            Direction::Egress => EGRESS,
            Direction::Ingress => INGRESS,
        };
        let made = qdisc::ensure(interface)?;
        // From here on what fails leaves nothing behind.
        let mut filter = Self { index: *index, direction, name: owner.filter_name(made) };
        let filters = filters::at(*index, direction).map_err(Error::runtime)?;
        let (ours, others): (Vec<&Entry>, Vec<&Entry>) =
            filters.iter().partition(|one| owner::is_ours(one));
        if ours.iter().filter_map(|one| one.name.as_deref()).any(owner::made_qdisc) {
            // Who leaves last takes it away, whichever of us made it.
            filter.name = owner.filter_name(true);
        }
        let mut stale = ours.into_iter().filter(|one| owner::is_gone(one));
        let place = match stale.next() {
            Some(one) => {
                info!("taking the place of a filter on {name} whose loader was killed");
                Place::of(one)
            }
            None => Place::beside(&others),
        };
        filters::put(*index, direction, place, program, &filter.name).map_err(|error| {
            refused(error, "adding a filter", "eBPF filters (CONFIG_NET_CLS_BPF)")
        })?;
        stale.try_for_each(filters::delete).map_err(Error::runtime)?;
        if others.iter().any(|one| one.chain == 0 && one.priority() < place.priority()) {
            let priority = place.priority();
            warn!("{name}: what a tc filter of a priority before {priority} takes is not marked");
        }
        Ok(filter)
    }

    fn remove(&self) -> io::Result<()> {
        let is_ours = |one: &&Entry| one.name.as_ref() == Some(&self.name);
        filters::at(self.index, self.direction)?
            .iter()
            .filter(is_ours)
            .try_for_each(filters::delete)?;
        let is_empty = |hook| filters::at(self.index, hook).map(|filters| filters.is_empty());
        if owner::made_qdisc(&self.name) && is_empty(EGRESS)? && is_empty(INGRESS)? {
            qdisc::delete(self.index)?;
        }
        Ok(())
    }
}

impl Drop for Filter {
    fn drop(&mut self) {
        match self.remove() {
            // The interface, or what was on it, is gone already.
            Err(error) if matches!(error.raw_os_error(), Some(ENODEV | ENOENT)) => {}
            Err(error) => warn!("the filter {} could not be removed: {error}", self.name),
            Ok(()) => {}
        }
    }
}

/// What the kernel says to `doing`, and `missing` for what it does not know.
fn refused(error: io::Error, doing: &str, missing: &str) -> Error {
    match error.raw_os_error() {
        Some(ENOENT) => {
            Error::unsupported(format!("this kernel has neither TCX (Linux 6.6) nor {missing}"))
        }
        // Other than bpf(2), netlink does not take CAP_SYS_ADMIN for it.
        Some(EPERM) => Error::unsupported("these privileges are missing: CAP_NET_ADMIN"),
        _ => Error::runtime(error).context(doing.to_owned()),
    }
}
