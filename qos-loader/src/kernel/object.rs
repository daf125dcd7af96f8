//! The eBPF object that the build put into this program.

use aya::include_bytes_aligned;

/// Whether the object could be built.
pub const AVAILABLE: bool = cfg!(qos_ebpf_object);

/// The ELF object; empty if it could not be built.
pub static OBJECT: &[u8] = include_bytes_aligned!(concat!(env!("OUT_DIR"), "/qos-ebpf"));
