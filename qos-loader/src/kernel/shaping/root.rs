//! The root qdisc of an interface, and whose it is.

use std::io;

use qos_common::shaper::HANDLE;
use rtnetlink::packet_route::{
    RouteNetlinkMessage,
    tc::{TcHandle, TcMessage},
};

use super::{super::netlink, htb};

/// What is at an interface's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// `noqueue`, `mq` ...; an interface that has never been up has none.
    pub(super) kind: Option<String>,
    pub(super) owner: Owner,
}

/// Who put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The kernel itself, which gives no handle.
    Kernel,
    /// A loader.
    Loader,
    /// An administrator or another program.
    Other,
}

impl Root {
    /// Asks the kernel.
    pub(super) fn of(index: u32) -> io::Result<Self> {
        let message = TcMessage::with_index(index.cast_signed());
        let qdiscs = netlink::dump(RouteNetlinkMessage::GetQueueDiscipline, message)?;
        let root = qdiscs.into_iter().find(|qdisc| qdisc.header.parent == TcHandle::ROOT);
        let Some(root) = root else { return Ok(Self { kind: None, owner: Owner::Kernel }) };
        let owner = match (root.header.handle, root.kind.as_str()) {
            (TcHandle::UNSPEC, _) => Owner::Kernel,
            (TcHandle { major: HANDLE, .. }, htb::KIND) => Owner::Loader,
            _ => Owner::Other,
        };
        Ok(Self { kind: Some(root.kind), owner })
    }

    /// Its kind, for people.
    pub(super) fn name(&self) -> &str {
        self.kind.as_deref().unwrap_or("not there yet")
    }
}
