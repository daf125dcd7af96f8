//! Requests about traffic control (rtnetlink), answered before they return: what is dropped can't
//! wait for a runtime.

use std::io;

use rtnetlink::{
    packet_core::{
        DecodeError, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NetlinkDeserializable, NetlinkHeader,
        NetlinkMessage, NetlinkPayload, NlasIterator, parse_string, parse_u32,
    },
    packet_route::{
        RouteNetlinkMessage,
        tc::{TcHeader, TcMessage},
    },
    sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE},
};

/// Attributes (`linux/rtnetlink.h`, `linux/pkt_cls.h`).
const TCA_KIND: u16 = 1;
const TCA_OPTIONS: u16 = 2;
const TCA_CHAIN: u16 = 11;
const TCA_BPF_NAME: u16 = 7;

/// The bytes of `struct tcmsg`.
const HEADER: usize = 20;

/// A qdisc or a filter that is there, as far as we look at it: others' may have options that the
/// crate for such messages can't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) header: TcHeader,
    pub(super) kind: String,
    /// In which chain a filter is; packets start in chain 0.
    pub(super) chain: u32,
    /// The name of a filter that is an eBPF program.
    pub(super) name: Option<String>,
}

impl Entry {
    /// The lower, the earlier.
    pub(super) const fn priority(&self) -> u16 {
        (self.header.info >> 16) as u16
    }
}

impl NetlinkDeserializable for Entry {
    type Error = DecodeError;

    fn deserialize(_: &NetlinkHeader, payload: &[u8]) -> Result<Self, DecodeError> {
        let header = TcHeader::parse(payload)?;
        let mut entry = Self { header, kind: String::new(), chain: 0, name: None };
        for attribute in NlasIterator::new(&payload[HEADER..]) {
            let attribute = attribute?;
            match attribute.kind() {
                TCA_KIND => entry.kind = parse_string(attribute.value())?,
                TCA_CHAIN => entry.chain = parse_u32(attribute.value())?,
                TCA_OPTIONS if entry.kind == "bpf" => entry.name = name(attribute.value())?,
                _ => {}
            }
        }
        Ok(entry)
    }
}

fn name(options: &[u8]) -> Result<Option<String>, DecodeError> {
    for option in NlasIterator::new(options) {
        let option = option?;
        if option.kind() == TCA_BPF_NAME {
            return parse_string(option.value()).map(Some);
        }
    }
    Ok(None)
}

/// Has the kernel do something.
pub(super) fn request(message: RouteNetlinkMessage, flags: u16) -> io::Result<()> {
    exchange(message, NLM_F_ACK | flags).map(drop)
}

/// What there is on the interface of the number `index`; the kernel may tell of others too.
pub(super) fn dump(
    ask: impl FnOnce(TcMessage) -> RouteNetlinkMessage,
    message: TcMessage,
) -> io::Result<Vec<Entry>> {
    let index = message.header.index;
    let mut entries = exchange(ask(message), NLM_F_DUMP)?;
    entries.retain(|entry| entry.header.index == index);
    Ok(entries)
}

fn exchange(message: RouteNetlinkMessage, flags: u16) -> io::Result<Vec<Entry>> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut message = NetlinkMessage::from(message);
    message.header.flags = NLM_F_REQUEST | flags;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let mut entries = Vec::new();
    loop {
        let (answer, _) = socket.recv_from_full()?;
        let mut rest = answer.as_slice();
        while !rest.is_empty() {
            let message = NetlinkMessage::<Entry>::deserialize(rest).map_err(io::Error::other)?;
            match message.payload {
                NetlinkPayload::InnerMessage(entry) => entries.push(entry),
                NetlinkPayload::Error(error) if error.code.is_some() => return Err(error.to_io()),
                NetlinkPayload::Done(done) if done.code < 0 => {
                    return Err(io::Error::from_raw_os_error(-done.code));
                }
                NetlinkPayload::Error(_) | NetlinkPayload::Done(_) => return Ok(entries),
                NetlinkPayload::Noop | NetlinkPayload::Overrun(_) | _ => {}
            }
            let length = (message.header.length as usize).next_multiple_of(4);
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}
