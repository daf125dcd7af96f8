//! Records who sends on a socket, where the sender itself runs: [`hooks`] are called there, [`process`]
//! says who that is, [`path`] what it runs, [`groups`] and [`cgroup`] where it belongs.

mod cgroup;
mod groups;
mod hooks;
mod path;
mod process;
pub(crate) mod read;

use core::ffi::c_void;

use aya_ebpf::{bindings::BPF_SK_STORAGE_GET_F_CREATE, btf_maps::Array, macros::btf_map};
use qos_common::{
    identity::Identity,
    kernel::{Field, KernelLayout},
};

use crate::{storage, verifier::address};
use process::Task;
use read::field;

/// Where the running kernel has what is read here.
#[btf_map]
static KERNEL: Array<KernelLayout, 1> = Array::new();

/// What a thread does with a socket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It makes, connects, sends or receives.
    Calls,
    /// It has a file descriptor.
    Holds,
}

/// What the loader has told of the kernel.
#[inline(always)]
pub(crate) fn layout() -> Option<&'static KernelLayout> {
    KERNEL.get(0)
}

/// Whether what is sent on a socket leaves as packets: not what Unix sockets and netlink send.
#[inline(always)]
fn sends_packets(layout: &KernelLayout, socket: *mut c_void) -> bool {
    /// `AF_INET`, `AF_INET6` and `AF_PACKET` (`include/linux/socket.h`).
    const FAMILIES: [u16; 3] = [2, 10, 17];
    let family: Option<u16> = field(address(socket), layout, Field::SocketFamily);
    family.is_some_and(|family| FAMILIES.contains(&family))
}

/// Records that `task` uses `socket`, a `struct sock`. One that only holds it does not count where
/// another one is known to use it.
///
/// # Safety
///
/// `socket` must be one that the kernel lets the program use.
#[inline(always)]
unsafe fn record(socket: *mut c_void, task: Task, way: Use) {
    let Some(layout) = layout() else { return };
    if !sends_packets(layout, socket) {
        return;
    }
    let Some(process) = task.process(layout) else { return };
    // SAFETY: the caller vouches for it.
    let entry = unsafe { storage::get(socket, BPF_SK_STORAGE_GET_F_CREATE.into()) };
    if entry.is_null() {
        return;
    }
    // SAFETY: the storage is valid while the program runs.
    let stored = unsafe { &raw mut (*entry).identity };
    // SAFETY: as above.
    let before = unsafe { stored.read_volatile() };
    if way == Use::Holds && before.is_whole() && before.process != process && !layout.is_new() {
        return;
    }
    let cgroup = cgroup::of(layout, task);
    let id = cgroup.id(layout);
    // Each time, for what was kept may have made room for others.
    cgroup.keep_ancestors(layout, id);
    let is_same = before.is_whole() && before.process == process;
    if is_same && before.cgroup == id && !layout.asks_groups() {
        return;
    }
    let executable = if is_same { Some(before.executable) } else { path::of(layout, process) };
    let Some(executable) = executable else { return };
    let groups = groups::of(layout, task);
    let mut identity = Identity { version: 0, executable, groups, cgroup: id, process };
    identity.version = identity.version_of();
    if identity == before {
        return;
    }
    // SAFETY: as above. A packet that reads between two words sees that they do not belong together.
    unsafe { stored.write_volatile(identity) };
}
