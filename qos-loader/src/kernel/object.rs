//! The eBPF objects that the build put into this program.

use aya::include_bytes_aligned;

/// Whether the objects could be built.
pub const AVAILABLE: bool = cfg!(qos_ebpf_object);

/// The ELF object; empty if it could not be built.
pub static OBJECT: &[u8] = include_bytes_aligned!(concat!(env!("OUT_DIR"), "/qos-ebpf"));

/// The same for a loader without `CAP_PERFMON`: it asks no more of a packet's sender than what its socket
/// tells.
pub static WITHOUT_PERFMON: &[u8] =
    include_bytes_aligned!(concat!(env!("OUT_DIR"), "/qos-ebpf-without-perfmon"));
