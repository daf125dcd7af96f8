//! The cgroup (v2) of a process, which may be another one than its socket was made in.

use core::ffi::c_void;

use aya_ebpf::{
    bindings::BPF_NOEXIST, btf_maps::PerCpuArray, helpers::generated::bpf_loop, macros::btf_map,
};
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

/// On the way through the ancestors, from the cgroup itself to the root.
struct Walk<'a> {
    layout: &'a KernelLayout,
    /// The level of the next one.
    level: u64,
    /// Where its address is.
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

    /// Keeps the ids of its ancestors, as those of `id`, if they are not. They never change, so that
    /// it does no harm if two do it at once; each ends when all of them are there.
    #[inline(always)]
    pub(super) fn keep_ancestors(self, layout: &KernelLayout, id: u64) {
        let mut kept = ANCESTORS.get_ptr_mut(id);
        if kept.is_none() {
            let Some(none) = NONE.get(0) else { return };
            // It may fail: another CPU has just done it.
            _ = ANCESTORS.insert(id, none, BPF_NOEXIST.into());
            kept = ANCESTORS.get_ptr_mut(id);
        }
        let Some(ids) = kept else { return };
        // The root is last.
        // SAFETY: the entry stays readable while the program runs.
        if unsafe { ids.cast::<u64>().read_volatile() } != 0 {
            return;
        }
        let level: u32 = field(self.0, layout, Field::CgroupLevel).unwrap_or(0);
        let level = opaque(level.min(LEVELS - 1).into());
        let first = self.0.wrapping_add(layout.offset(Field::CgroupAncestors));
        let next = first.wrapping_add(level.wrapping_mul(SIZE));
        let mut walk = Walk { layout, level, next, ids };
        // SAFETY: the callback's type is what the helper calls, and the walk outlives the call.
        unsafe { bpf_loop(LEVELS, step as *mut c_void, (&raw mut walk).cast(), 0) };
    }
}

/// The size of an address.
const SIZE: u64 = size_of::<u64>() as u64;

/// Keeps the id of one ancestor; 1 ends the loop.
unsafe extern "C" fn step(_index: u64, walk: *mut Walk<'_>) -> i64 {
    const MASK: u64 = LEVELS as u64 - 1;
    // SAFETY: `keep_ancestors` passes its own.
    let walk = unsafe { &mut *walk };
    let Some(ancestor) = read(walk.next) else { return 1 };
    let id = Cgroup(ancestor).id(walk.layout);
    // SAFETY: the index is below the number of levels.
    unsafe { walk.ids.cast::<u64>().add((walk.level & MASK) as usize).write_volatile(id) };
    if walk.level == 0 {
        return 1;
    }
    walk.level -= 1;
    walk.next = walk.next.wrapping_sub(SIZE);
    0
}
