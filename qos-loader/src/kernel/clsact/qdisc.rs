//! The clsact qdisc, which has the filters of both directions.

use std::io;

use libc::EEXIST;
use rtnetlink::{
    packet_core::{NLM_F_CREATE, NLM_F_EXCL},
    packet_route::{
        RouteNetlinkMessage,
        tc::{TcAttribute, TcHandle, TcMessage},
    },
};

use super::refused;
use crate::{
    error::{Error, Result},
    kernel::{Interface, netlink},
};

const CLSACT: &str = "clsact";
const HANDLE: TcHandle = TcHandle { major: u16::MAX, minor: 0 };

/// Makes it unless it is there; true if it was made.
pub(super) fn ensure(interface: &Interface) -> Result<bool> {
    let Interface { index, name, .. } = interface;
    match kind(*index).map_err(Error::runtime)?.as_deref() {
        Some(CLSACT) => return Ok(false),
        Some(other) => {
            let message = format!("{name} has the qdisc {other}, which excludes {CLSACT}");
            return Err(Error::runtime(anyhow::anyhow!(message)).hinted(format!(
                "remove it (tc qdisc del dev {name} {other}); clsact takes its filters too, as \
                 `tc filter add dev {name} ingress …`"
            )));
        }
        None => {}
    }
    let made = RouteNetlinkMessage::NewQueueDiscipline(message(*index));
    match netlink::request(made, NLM_F_CREATE | NLM_F_EXCL) {
        Ok(()) => Ok(true),
        // Somebody was faster.
        Err(error) if error.raw_os_error() == Some(EEXIST) => ensure(interface),
        Err(error) => {
            let missing = "the clsact qdisc (CONFIG_NET_SCH_INGRESS)";
            Err(refused(error, "adding the clsact qdisc", missing))
        }
    }
}

pub(super) fn delete(index: u32) -> io::Result<()> {
    netlink::request(RouteNetlinkMessage::DelQueueDiscipline(message(index)), 0)
}

/// Which qdisc is in its place.
fn kind(index: u32) -> io::Result<Option<String>> {
    let qdiscs = netlink::dump(RouteNetlinkMessage::GetQueueDiscipline, message(index))?;
    let found = qdiscs.into_iter().find(|qdisc| qdisc.header.parent == TcHandle::CLSACT);
    Ok(found.map(|qdisc| qdisc.kind))
}

fn message(index: u32) -> TcMessage {
    let mut message = TcMessage::with_index(index.cast_signed());
    (message.header.handle, message.header.parent) = (HANDLE, TcHandle::CLSACT);
    message.attributes.push(TcAttribute::Kind(CLSACT.to_owned()));
    message
}
