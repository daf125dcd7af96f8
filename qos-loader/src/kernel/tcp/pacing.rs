//! The pace of TCP sockets whose policy has a rate. It is set from time to time: a socket's policy is
//! known from its first packet on, sockets in force may get another one with every set, and how many of
//! them have something to send changes.

mod visits;

use std::collections::BTreeMap;

use anyhow::Result;
use aya::Ebpf;

use super::super::hooks::Hook;
use visits::Visits;

/// Whether sockets are paced.
#[derive(Debug, Default)]
pub(in super::super) struct Pacing(Option<Visits>);

impl Pacing {
    /// Has sockets paced from the next visit on, if some policy `throttles`; or gives them back what they
    /// had.
    pub(in super::super) fn set(&mut self, ebpf: &mut Ebpf, throttles: bool) -> Result<()> {
        if !throttles {
            return self.0.take().map_or(Ok(()), |visits| visits.release(ebpf));
        }
        if self.0.is_none() {
            self.0 = Some(Visits::new(ebpf));
        }
        Ok(())
    }

    /// Gives sockets their shares of the `rates`, which are bytes a second by the policies' slots.
    pub(in super::super) fn visit(
        &mut self,
        ebpf: &mut Ebpf,
        rates: &BTreeMap<u32, u64>,
    ) -> Result<()> {
        self.0.as_mut().map_or(Ok(()), |visits| visits.share(ebpf, rates))
    }

    /// Whether there is something to visit.
    pub(in super::super) fn is_on(&self) -> bool {
        self.hook().is_some_and(Hook::is_attached)
    }

    /// What became of its hook; none while no policy throttles.
    pub(in super::super) fn hook(&self) -> Option<&Hook> {
        self.0.as_ref().map(Visits::hook)
    }
}
