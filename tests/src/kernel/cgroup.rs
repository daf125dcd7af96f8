//! What is attached to a cgroup, asked by bpf(2): no tool that shows it is everywhere.

use std::{fs::File, os::fd::AsRawFd as _, path::Path};

use super::BPF_PROG_QUERY;

/// More kinds of attachment than there are; the kernel refuses those that are none of a cgroup.
const KINDS: u32 = 64;
/// More programs of one kind than anybody attaches (64 is the kernel's limit).
const MOST: usize = 64;

/// The start of the query in `union bpf_attr`; what is behind it is 0.
#[repr(C)]
struct Query {
    cgroup: u32,
    kind: u32,
    flags: u32,
    attach_flags: u32,
    programs: u64,
    count: u32,
    padding: u32,
}

/// The ids of the programs that are attached to a cgroup itself, of whatever kind.
pub fn attached(folder: &Path) -> Vec<u32> {
    let folder = File::open(folder).unwrap();
    let of_kind = |kind| {
        let mut programs = [0_u32; MOST];
        let mut query = Query {
            cgroup: folder.as_raw_fd().try_into().unwrap(),
            kind,
            flags: 0,
            attach_flags: 0,
            programs: programs.as_mut_ptr() as u64,
            count: MOST.try_into().unwrap(),
            padding: 0,
        };
        // SAFETY: the query and the programs that it points to live until the call returns.
        let result = unsafe {
            libc::syscall(libc::SYS_bpf, BPF_PROG_QUERY, &raw mut query, size_of::<Query>())
        };
        let count = if result == 0 { query.count } else { 0 };
        programs[..usize::try_from(count).unwrap()].to_vec()
    };
    (0..KINDS).flat_map(of_kind).collect()
}
