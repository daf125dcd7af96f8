//! What is kept with each socket: who sends on it, and the answer that its packets get.

use core::{ffi::c_void, ptr::null_mut};

use aya_ebpf::{
    bindings::{BPF_F_CLONE, BPF_F_NO_PREALLOC, bpf_map_type::BPF_MAP_TYPE_SK_STORAGE},
    helpers::generated::bpf_sk_storage_get,
    macros::btf_map,
};
use qos_common::cache::SocketEntry;

#[btf_map]
static SOCKETS: Storage = Storage::new();

/// A storage that accepted sockets inherit from their listener: accept(2) runs no hook.
#[repr(C)]
struct Storage {
    r#type: *const [i32; BPF_MAP_TYPE_SK_STORAGE as usize],
    key: *const i32,
    value: *const SocketEntry,
    max_entries: *const [i32; 0],
    map_flags: *const [i32; (BPF_F_NO_PREALLOC | BPF_F_CLONE) as usize],
}

// SAFETY: the pointers are never followed; their types are what the loader reads.
unsafe impl Sync for Storage {}

impl Storage {
    const fn new() -> Self {
        use core::ptr::null;
        Self { r#type: null(), key: null(), value: null(), max_entries: null(), map_flags: null() }
    }
}

/// The entry of a socket, or null if there is none; with `BPF_SK_STORAGE_GET_F_CREATE` in `flags` it
/// is made.
///
/// # Safety
///
/// `socket` must be one that the kernel lets the program use.
#[inline(always)]
pub(crate) unsafe fn get(socket: *mut c_void, flags: u64) -> *mut SocketEntry {
    let map = (&raw const SOCKETS).cast_mut().cast();
    // SAFETY: the map is a socket storage; the caller vouches for the socket.
    unsafe { bpf_sk_storage_get(map, socket, null_mut(), flags) }.cast()
}
