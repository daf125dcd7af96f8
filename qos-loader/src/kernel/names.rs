//! Overhears what programs of this network namespace and name servers tell each other.

use std::{fs, os::unix::fs::MetadataExt as _};

use anyhow::Context as _;
use aya::{
    Ebpf,
    maps::{Array, MapData, RingBuf},
    programs::{CgroupAttachMode, CgroupSkb, cgroup_skb::CgroupSkbAttachType},
};
use bytes::Bytes;
use qos_common::name_message::NAMESPACE_WORDS;
use tokio::io::{Interest, unix::AsyncFd};

use super::{
    hooks::{self, Hook, State, program},
    layout, privilege,
};
use crate::error::{Error, Kind, Result};

/// The programs, and where they are attached.
const PROGRAMS: [(&str, &str, CgroupSkbAttachType); 2] = [
    ("qos_name_question", "cgroup/skb/egress", CgroupSkbAttachType::Egress),
    ("qos_name_answer", "cgroup/skb/ingress", CgroupSkbAttachType::Ingress),
];

/// What the programs overhear.
#[derive(Debug, Default)]
pub(super) struct Overhearing {
    hooks: Vec<Hook>,
}

impl Overhearing {
    /// Attaches the programs, unless they are attached, or nobody `asks` for names.
    pub(super) fn start(&mut self, ebpf: &mut Ebpf, asks: bool) -> Result<()> {
        if !asks || !self.hooks.is_empty() {
            return Ok(());
        }
        let attached = privilege::check_tracing()
            .and_then(|()| attach(ebpf).map_err(|error| Error::new(Kind::Unsupported, error)));
        self.hooks =
            attached.map_err(|error| error.context("name servers can't be overheard here"))?;
        Ok(())
    }

    /// The hooks; none while nobody asks.
    pub(super) fn hooks(&self) -> &[Hook] {
        &self.hooks
    }
}

fn attach(ebpf: &mut Ebpf) -> anyhow::Result<Vec<Hook>> {
    tell(ebpf)?;
    let root = hooks::root()?;
    let mut attached = Vec::new();
    for (name, place, way) in PROGRAMS {
        let program: &mut CgroupSkb = program(ebpf, name)?;
        program.load().with_context(|| format!("loading {name}"))?;
        // A link of a cgroup always lets others be there too.
        program.attach(&root, way, CgroupAttachMode::Single)?;
        attached.push(Hook { name: place.to_owned(), state: State::Attached });
    }
    Ok(attached)
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

/// The packets that the programs keep.
pub struct NamePackets(AsyncFd<RingBuf<MapData>>);

impl NamePackets {
    /// Those of a loaded object, once; needs a tokio runtime.
    pub(super) fn open(ebpf: &mut Ebpf) -> Result<Self> {
        let map =
            ebpf.take_map("NAME_MESSAGES").context("the eBPF object has no map NAME_MESSAGES");
        let ring = map.and_then(|map| Ok(RingBuf::try_from(map)?)).map_err(Error::runtime)?;
        // SAFETY: the ring owns its descriptor, and lives as long as the registration.
        let ready = unsafe { AsyncFd::register_with_interest(ring, Interest::READABLE) };
        ready.map(Self).map_err(Error::runtime)
    }

    /// Waits for packets, and returns all that are there: from the IP header on. May be dropped and
    /// called again.
    pub async fn next(&mut self) -> Result<Vec<Bytes>> {
        let mut guard = self.0.readable_mut().await.map_err(Error::runtime)?;
        let ring = guard.get_inner_mut();
        let mut packets = Vec::new();
        while let Some(entry) = ring.next() {
            packets.extend(packet(&entry));
        }
        guard.clear_ready();
        Ok(packets)
    }
}

/// The packet in a [`qos_common::name_message::NameMessage`].
fn packet(message: &[u8]) -> Option<Bytes> {
    let (length, bytes) = message.split_first_chunk()?;
    let length = usize::try_from(u32::from_ne_bytes(*length)).ok()?;
    bytes.get(..length).map(Bytes::copy_from_slice)
}
