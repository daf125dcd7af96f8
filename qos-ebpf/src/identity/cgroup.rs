//! The cgroup (v2) of a process, which may be another one than its socket was made in.

use core::ffi::c_void;

use aya_ebpf::{btf_maps::PerCpuArray, helpers::generated::bpf_loop, macros::btf_map};
use qos_common::kernel::{Field, KernelLayout};

use super::{
    process::Task,
    read::{field, read},
};
use crate::{
    sender::{ANCESTORS, Ancestors, LEVELS},
    verifier::opaque,
};

/// What a new entry starts with; nobody writes here.
#[btf_map]
static NONE: PerCpuArray<Ancestors, 1> = PerCpuArray::new();

/// A cgroup, by the address of its `struct cgroup`; 0 if it can't be read.
#[derive(Clone, Copy)]
pub(super) struct Cgroup(u64);

/// That of `task`.
#[inline(always)]
pub(super) fn of(layout: &KernelLayout, task: Task) -> Cgroup {
    let sets: Option<u64> = field(task.0, layout, Field::TaskCgroups);
    Cgroup(sets.and_then(|sets| field(sets, layout, Field::CgroupOfSet)).unwrap_or(0))
}

/// On the way through the ancestors.
struct Walk<'a> {
    layout: &'a KernelLayout,
    /// Where the next one's address is.
    next: u64,
    ids: *mut Ancestors,
}

impl Cgroup {
    /// Its number; 0 if it can't be read.
    #[inline(always)]
    pub(super) fn id(self, layout: &KernelLayout) -> u64 {
        let node: Option<u64> = field(self.0, layout, Field::CgroupNode);
        node.and_then(|node| field(node, layout, Field::NodeId)).unwrap_or(0)
    }

    /// Keeps the ids of its ancestors, as those of `id`, if nobody did. They never change.
    #[inline(always)]
    pub(super) fn keep_ancestors(self, layout: &KernelLayout, id: u64) {
        if ANCESTORS.get_ptr_mut(id).is_some() {
            return;
        }
        let Some(none) = NONE.get(0) else { return };
        if ANCESTORS.insert(id, none, 0).is_err() {
            return;
        }
        let Some(ids) = ANCESTORS.get_ptr_mut(id) else { return };
        let level: u32 = field(self.0, layout, Field::CgroupLevel).unwrap_or(0);
        let next = opaque(self.0.wrapping_add(layout.offset(Field::CgroupAncestors)));
        let mut walk = Walk { layout, next, ids };
        let count = level.wrapping_add(1).min(LEVELS);
        // SAFETY: the callback's type is what the helper calls, and the walk outlives the call.
        unsafe { bpf_loop(count, step as *mut c_void, (&raw mut walk).cast(), 0) };
    }
}

/// Keeps the id of one ancestor; 1 ends the loop.
unsafe extern "C" fn step(level: u32, walk: *mut Walk<'_>) -> i64 {
    // SAFETY: `keep_ancestors` passes its own.
    let walk = unsafe { &mut *walk };
    let Some(ancestor) = read(walk.next) else { return 1 };
    walk.next += size_of::<u64>() as u64;
    // SAFETY: the index is below the number of levels.
    unsafe {
        *walk.ids.cast::<u64>().add((level & (LEVELS - 1)) as usize) =
            Cgroup(ancestor).id(walk.layout);
    }
    0
}
