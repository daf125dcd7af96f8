//! Overhears what programs of this network namespace and name servers tell each other.

use std::{fs, os::unix::fs::MetadataExt as _};

use anyhow::Context as _;
use aya::{
    Ebpf,
    maps::{Array, MapData},
};
use bytes::Bytes;
use qos_common::name_message::NAMESPACE_WORDS;

use super::{
    Dataplane,
    hooks::{
        Hook,
        packets::{PacketHook, PacketHooks},
    },
    layout, privilege,
    ring::Ring,
};
use crate::error::{Error, Kind, Result};

const PROGRAMS: [PacketHook; 2] = [
    PacketHook { program: "qos_name_question", of: "names", sent: true },
    PacketHook { program: "qos_name_answer", of: "names", sent: false },
];

/// What the programs overhear.
#[derive(Debug, Default)]
pub(super) struct Overhearing(PacketHooks);

impl Overhearing {
    /// Attaches the programs, unless they are attached.
    pub(super) fn start(&mut self, ebpf: &mut Ebpf) -> Result<()> {
        let mut attach = || {
            tell(ebpf)?;
            PROGRAMS.into_iter().try_for_each(|hook| self.0.attach(ebpf, hook))
        };
        let attached = privilege::check_tracing()
            .and_then(|()| attach().map_err(|error| Error::new(Kind::Unsupported, error)));
        attached.map_err(|error| error.context("name servers can't be overheard here"))
    }

    /// The hooks; none while nobody asks.
    pub(super) fn hooks(&self) -> &[Hook] {
        self.0.hooks()
    }
}

/// Tells the programs which network namespace is ours, and where a socket has its own.
fn tell(ebpf: &mut Ebpf) -> anyhow::Result<()> {
    let own = fs::metadata("/proc/thread-self/ns/net")?.ino();
    let of_socket = layout::offset("sock_common", "skc_net.net")?;
    let words: [u64; NAMESPACE_WORDS] = [of_socket, layout::offset("net", "ns.inum")?, own];
    let map = ebpf.map_mut("NAMESPACE").context("the eBPF object has no map NAMESPACE")?;
    let mut map: Array<&mut MapData, [u64; NAMESPACE_WORDS]> = map.try_into()?;
    Ok(map.set(0, words, 0)?)
}

/// A packet of UDP or TCP, from its IP header on, or a part of it.
#[derive(Clone, Debug)]
pub struct NamePacket {
    /// How many bytes of data stand between the headers and those that are here.
    pub skipped: u32,
    /// The headers and the data.
    pub bytes: Bytes,
}

/// The packets that the programs keep.
pub struct NamePackets(Ring);

impl NamePackets {
    /// Those of a loaded object, once; needs a tokio runtime.
    pub(super) fn open(ebpf: &mut Ebpf) -> Result<Self> {
        Ring::open(ebpf, "NAME_MESSAGES").map(Self)
    }

    /// Waits for packets, and returns those that are there. May be dropped and called again.
    pub async fn next(&mut self) -> Result<Vec<NamePacket>> {
        self.0.next(packet).await
    }
}

/// The packet in a [`qos_common::name_message::NameMessage`].
fn packet(message: &[u8]) -> Option<NamePacket> {
    let (length, rest) = message.split_first_chunk()?;
    let (skipped, bytes) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_ne_bytes(*length)).ok()?;
    let bytes = bytes.get(..length).map(Bytes::copy_from_slice)?;
    Some(NamePacket { skipped: u32::from_ne_bytes(*skipped), bytes })
}

impl Dataplane {
    /// How many packets, or parts of them, the program had no room for.
    pub fn name_losses(&self) -> Result<u64> {
        let map: Array<&MapData, u64> = self.map("NAME_LOSSES")?;
        map.get(&0, 0).map_err(Error::runtime)
    }
}
