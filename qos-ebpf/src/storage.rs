//! What is kept with sockets, as long as they live: for each who sends on it and the answer that its
//! packets get, and what others keep in a [`Storage`] of their own.

use core::{ffi::c_void, ptr::null_mut};

use aya_ebpf::{
    bindings::{BPF_F_CLONE, BPF_F_NO_PREALLOC, bpf_map_type::BPF_MAP_TYPE_SK_STORAGE},
    helpers::generated::bpf_sk_storage_get,
    macros::btf_map,
};
use qos_common::cache::SocketEntry;

#[btf_map]
static SOCKETS: Storage<SocketEntry, { (BPF_F_NO_PREALLOC | BPF_F_CLONE) as usize }> =
    Storage::new();

/// A storage with a value for each socket. With `BPF_F_CLONE` accepted sockets inherit it from their
/// listener: accept(2) runs no hook.
#[repr(C)]
pub(crate) struct Storage<V, const FLAGS: usize> {
    r#type: *const [i32; BPF_MAP_TYPE_SK_STORAGE as usize],
    key: *const i32,
    value: *const V,
    max_entries: *const [i32; 0],
    map_flags: *const [i32; FLAGS],
}

// SAFETY: the pointers are never followed; their types are what the loader reads.
unsafe impl<V, const FLAGS: usize> Sync for Storage<V, FLAGS> {}

impl<V, const FLAGS: usize> Storage<V, FLAGS> {
    pub(crate) const fn new() -> Self {
        use core::ptr::null;
        const { assert!(FLAGS & BPF_F_NO_PREALLOC as usize != 0, "the kernel requires it") };
        Self { r#type: null(), key: null(), value: null(), max_entries: null(), map_flags: null() }
    }

    /// The value of a socket, or null if there is none; with `BPF_SK_STORAGE_GET_F_CREATE` in `flags`
    /// it is made.
    ///
    /// # Safety
    ///
    /// `socket` must be one that the kernel lets the program use.
    #[inline(always)]
    pub(crate) unsafe fn get(&'static self, socket: *mut c_void, flags: u64) -> *mut V {
        let map = core::ptr::from_ref(self).cast_mut().cast();
        // SAFETY: the map is a socket storage; the caller vouches for the socket.
        unsafe { bpf_sk_storage_get(map, socket, null_mut(), flags) }.cast()
    }
}

/// The entry of a socket, as [`Storage::get`] has it.
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(crate) unsafe fn get(socket: *mut c_void, flags: u64) -> *mut SocketEntry {
    // SAFETY: the caller vouches for the socket.
    unsafe { SOCKETS.get(socket, flags) }
}
