//! The filters of the clsact qdisc.

use std::{
    io,
    os::fd::{AsRawFd as _, BorrowedFd},
};

use rtnetlink::{
    packet_core::{NLM_F_CREATE, NLM_F_EXCL},
    packet_route::{
        RouteNetlinkMessage,
        tc::{
            TcAttribute, TcBpfFlags, TcFilterBpf, TcFilterBpfOption, TcHandle, TcMessage, TcOption,
        },
    },
};

use crate::kernel::netlink::{self, Entry};

/// Where filters are: for packets that leave and for those that arrive.
pub(super) const EGRESS: u16 = TcHandle::MIN_EGRESS;
pub(super) const INGRESS: u16 = TcHandle::MIN_INGRESS;

/// Packets of all protocols (`linux/if_ether.h`); filters have it in network order.
const ETH_P_ALL: u16 = 3;

/// Before those that the kernel numbers itself, which it does from 49152 down. Not 1, which other
/// programs take for their own, and two of one number must agree in kind and protocol.
const PREFERRED: u16 = 2;

/// All filters of a direction.
pub(super) fn at(index: u32, direction: u16) -> io::Result<Vec<Entry>> {
    netlink::dump(RouteNetlinkMessage::GetTrafficFilter, message(index, direction))
}

/// Where among the filters ours is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At a priority where no other's are.
    Free(u16),
    /// In the place of one, at once.
    Of { priority: u16, handle: TcHandle },
}

impl Place {
    /// Before the filters of others; behind those of priority 1, before which nothing goes.
    pub(super) fn beside(others: &[&Entry]) -> Self {
        let taken = |priority: &u16| others.iter().any(|one| one.priority() == *priority);
        let first = others.iter().map(|one| one.priority()).min();
        let before = first.map_or(PREFERRED, |first| PREFERRED.min(first - 1));
        Self::Free(if before > 0 {
            before
        } else {
            (PREFERRED..u16::MAX).find(|priority| !taken(priority)).unwrap_or(u16::MAX)
        })
    }

    pub(super) const fn of(filter: &Entry) -> Self {
        Self::Of { priority: filter.priority(), handle: filter.header.handle }
    }

    pub(super) const fn priority(self) -> u16 {
        match self {
            Self::Free(priority) | Self::Of { priority, .. } => priority,
        }
    }
}

/// Has packets of a direction go through `program`, under `name`.
pub(super) fn put(
    index: u32,
    direction: u16,
    place: Place,
    program: BorrowedFd<'_>,
    name: &str,
) -> io::Result<()> {
    let mut message = message(index, direction);
    let (handle, flags) = match place {
        // The kernel numbers it.
        Place::Free(_) => (TcHandle::UNSPEC, NLM_F_CREATE | NLM_F_EXCL),
        Place::Of { handle, .. } => (handle, NLM_F_CREATE),
    };
    message.header.handle = handle;
    message.header.info = (u32::from(place.priority()) << 16) | u32::from(ETH_P_ALL.to_be());
    let options = [
        TcFilterBpfOption::ProgFd(program.as_raw_fd().cast_unsigned()),
        TcFilterBpfOption::ProgName(name.to_owned()),
        TcFilterBpfOption::Flags(TcBpfFlags::DirectAction),
    ];
    message.attributes = vec![
        TcAttribute::Kind(TcFilterBpf::KIND.to_owned()),
        TcAttribute::Options(options.into_iter().map(TcOption::Bpf).collect()),
    ];
    netlink::request(RouteNetlinkMessage::NewTrafficFilter(message), flags)
}

/// Takes away a filter that [`at`] found.
pub(super) fn delete(filter: &Entry) -> io::Result<()> {
    let mut message = TcMessage::default();
    message.header = filter.header.clone();
    message.attributes.push(TcAttribute::Kind(filter.kind.clone()));
    netlink::request(RouteNetlinkMessage::DelTrafficFilter(message), 0)
}

fn message(index: u32, direction: u16) -> TcMessage {
    let mut message = TcMessage::with_index(index.cast_signed());
    message.header.parent = TcHandle { major: u16::MAX, minor: direction };
    message
}
