//! How the program is put into a packet's way. On a kernel with TCX it is a link, which the kernel
//! takes away when the process ends, however it ends. On others it is a [`clsact`] filter.

use std::os::fd::AsFd as _;

use aya::{
    programs::{
        LinkOrder, ProgramError, SchedClassifier, TcAttachType,
        tc::{SchedClassifierLink, TcAttachOptions},
    },
    sys::SyscallError,
};
use libc::EINVAL;

use super::{
    Interface,
    clsact::{self, owner::Owner},
};
use crate::error::{Error, Result};

/// Which way packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// They leave through the interface.
    Egress,
    /// They enter by it; of those that came through a veth pair the sender's socket is still known.
    Ingress,
}

impl Direction {
    const fn tcx(self) -> TcAttachType {
        match self {
            Self::Egress => TcAttachType::Egress,
            Self::Ingress => TcAttachType::Ingress,
        }
    }
}

/// An interface whose packets go through the program; dropping it detaches.
pub(super) enum Attachment {
    Tcx { _link: SchedClassifierLink },
    Clsact { _filter: clsact::Filter },
}

impl Attachment {
    /// Attaches before other programs, as far as that is possible. `owner` is made when a filter
    /// needs one.
    pub(super) fn new(
        program: &mut SchedClassifier,
        interface: &Interface,
        direction: Direction,
        owner: &mut Option<Owner>,
    ) -> Result<Self> {
        if has_tcx(interface) {
            let order = TcAttachOptions::TcxOrder(LinkOrder::first());
            let id = program.attach_with_options(&interface.name, direction.tcx(), order);
            let link = program.take_link(id.map_err(Error::runtime)?).map_err(Error::runtime)?;
            return Ok(Self::Tcx { _link: link });
        }
        let owner = match owner {
            Some(owner) => owner,
            None => owner.insert(Owner::new().map_err(Error::runtime)?),
        };
        let program = program.fd().map_err(Error::runtime)?;
        let filter = clsact::Filter::attach(program.as_fd(), interface, direction, owner)?;
        Ok(Self::Clsact { _filter: filter })
    }
}

/// Asks the kernel, whose version does not tell: TCX can be backported, and it can be left out
/// (`CONFIG_NET_XGRESS`). Only a kernel without it finds the question wrong.
fn has_tcx(interface: &Interface) -> bool {
    match SchedClassifier::query_tcx(&interface.name, TcAttachType::Egress) {
        Err(ProgramError::SyscallError(SyscallError { io_error, .. })) => {
            io_error.raw_os_error() != Some(EINVAL)
        }
        _ => true,
    }
}
