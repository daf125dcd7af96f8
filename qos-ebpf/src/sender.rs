//! Who sent a packet: what the hooks recorded of the process, else what its socket tells.

use aya_ebpf::{btf_maps::LruHashMap, macros::btf_map};
use qos_common::{
    executable::Executable,
    identity::{GroupBits, Identity},
    request::Request,
    sender,
};

use crate::{identity, privilege::PERFMON, socket::Socket};

/// The levels of a cgroup's ancestors that are kept, the root's and its own included.
pub(crate) const LEVELS: u32 = 32;

/// The ids of a cgroup's ancestors by level, and of itself; 0 beyond.
pub(crate) type Ancestors = [u64; LEVELS as usize];

/// Of the cgroups of processes that send, for sockets that were made in another one.
#[btf_map]
pub(crate) static ANCESTORS: LruHashMap<u64, Ancestors, 4096> = LruHashMap::new();

/// The full socket of a packet, and who uses it.
#[derive(Clone, Copy)]
pub(crate) struct Sender {
    socket: Socket,
    /// All 0 if it is not known.
    identity: *const Identity,
    /// Where the process is if the socket is not there; else null.
    moved: *const Ancestors,
}

impl Sender {
    /// The sender of `identity`, which is all 0 if it is not known.
    #[inline(always)]
    pub(crate) fn new(socket: Socket, identity: &Identity, asks_cgroup: bool) -> Self {
        let mut moved = core::ptr::null();
        let is_known = PERFMON && identity.version != 0;
        if is_known && asks_cgroup && identity.cgroup != socket.cgroup() {
            // SAFETY: what is found is only read; an entry that is replaced meanwhile is as good.
            moved = unsafe { ANCESTORS.get(identity.cgroup) }.map_or(moved, core::ptr::from_ref);
        }
        Self { socket, identity, moved }
    }

    #[inline(always)]
    fn identity(&self) -> &Identity {
        // SAFETY: it outlives the sender, in the memory of the program that made it.
        unsafe { &*self.identity }
    }
}

/// The user that owns `socket`, as policies number users: as the initial user namespace does, if the kernel's
/// memory may be read.
#[inline(always)]
pub(crate) fn owner(socket: Socket) -> u32 {
    let layout = if PERFMON { identity::layout() } else { None };
    layout.and_then(|layout| socket.owner(layout)).unwrap_or_else(|| socket.uid())
}

impl sender::Sender for Sender {
    #[inline(always)]
    fn user(&self) -> Option<u32> {
        Some(owner(self.socket))
    }

    #[inline(always)]
    fn cgroup(&self, level: u32) -> Option<u64> {
        let id = if !PERFMON || self.moved.is_null() {
            self.socket.cgroup_ancestor(level)
        } else {
            // SAFETY: the map's entry stays readable while the program runs; the index is below.
            unsafe { *self.moved.cast::<u64>().add((level & (LEVELS - 1)) as usize) }
        };
        (id != 0).then_some(id)
    }

    #[inline(always)]
    fn executable(&self) -> Option<Executable> {
        let identity = self.identity();
        (PERFMON && identity.version != 0).then_some(identity.executable)
    }

    #[inline(always)]
    fn groups(&self) -> GroupBits {
        self.identity().groups
    }

    #[inline(always)]
    fn received(&self) -> Option<&Request> {
        None
    }

    #[inline(always)]
    fn sent(&self) -> Option<&Request> {
        None
    }
}
