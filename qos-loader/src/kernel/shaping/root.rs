//! The root qdisc of an interface, and whose it is.

use std::io;

use qos_common::shaper::HANDLE;
use rtnetlink::packet_route::{
    RouteNetlinkMessage,
    tc::{TcHandle, TcMessage},
};

use super::{super::netlink, htb};

/// What waits until a packet's time to leave.
const FQ: &str = "fq";
/// What has a qdisc for each queue of the device.
const MQ: &str = "mq";

/// What is at an interface's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// `noqueue`, `mq` ...; an interface that has never been up has none.
    pub(super) kind: Option<String>,
    pub(super) owner: Owner,
    /// Whether fq has all packets: at the root, or below mq for each queue of the device.
    pub(super) is_fq: bool,
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
        let root = qdiscs.iter().find(|qdisc| qdisc.header.parent == TcHandle::ROOT);
        let Some(root) = root else {
            return Ok(Self { kind: None, owner: Owner::Kernel, is_fq: false });
        };
        let owner = match (root.header.handle, root.kind.as_str()) {
            (TcHandle::UNSPEC, _) => Owner::Kernel,
            (TcHandle { major: HANDLE, .. }, htb::KIND) => Owner::Loader,
            _ => Owner::Other,
        };
        let mut below = qdiscs.iter().filter(|qdisc| {
            qdisc.header.parent.major == root.header.handle.major
                && qdisc.header.parent != TcHandle::ROOT
        });
        let is_fq = match root.kind.as_str() {
            FQ => true,
            MQ => below.clone().next().is_some() && below.all(|qdisc| qdisc.kind == FQ),
            _ => false,
        };
        Ok(Self { kind: Some(root.kind.clone()), owner, is_fq })
    }

    /// Its kind, for people.
    pub(super) fn name(&self) -> &str {
        match self.kind.as_deref() {
            None => "not there yet",
            Some(MQ) if self.is_fq => "mq with fq for all queues",
            Some(kind) => kind,
        }
    }
}
