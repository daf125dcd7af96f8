//! The groups that a process is in, of those that policies name.

use core::ffi::c_void;

use aya_ebpf::{btf_maps::HashMap, helpers::generated::bpf_loop, macros::btf_map};
use qos_common::{
    identity::{GROUP_WORDS, GroupBits, MAX_GROUPS},
    kernel::{Field, KernelLayout},
};

use super::{
    process::Task,
    read::{field, read},
};
use crate::verifier::opaque;

/// The bit of each group that policies name, by its number in the initial user namespace. The loader
/// numbers them anew beside those in force, so there may be twice as many.
#[btf_map]
static GROUP_BITS: HashMap<u32, u32, { 2 * MAX_GROUPS as usize }> = HashMap::new();

/// The most groups that a process can be in (`NGROUPS_MAX`, `include/uapi/linux/limits.h`).
const MOST: u32 = 65_536;

/// On the way through the list of a process.
struct List {
    /// The address of the next one.
    next: u64,
    bits: GroupBits,
}

/// By which group it has access to files, and the supplementary ones.
#[inline(always)]
pub(super) fn of(layout: &KernelLayout, task: Task) -> GroupBits {
    if !layout.asks_groups() {
        return [0; GROUP_WORDS];
    }
    collect(layout, task).unwrap_or_default()
}

#[inline(always)]
fn collect(layout: &KernelLayout, task: Task) -> Option<GroupBits> {
    let cred: u64 = field(task.0, layout, Field::TaskCredentials)?;
    let groups: u64 = field(cred, layout, Field::CredentialsGroups)?;
    let count: u32 = field(groups, layout, Field::GroupsCount)?;
    let next = opaque(groups.wrapping_add(layout.offset(Field::GroupsNumbers)));
    let mut list = List { next, bits: [0; GROUP_WORDS].map(opaque) };
    list.add(field(cred, layout, Field::CredentialsGroup)?);
    // SAFETY: the callback's type is what the helper calls, and the list outlives the call.
    unsafe { bpf_loop(count.min(MOST), step as *mut c_void, (&raw mut list).cast(), 0) };
    Some(list.bits)
}

/// Looks at one group; 1 ends the loop.
unsafe extern "C" fn step(_index: u64, list: *mut List) -> i64 {
    // SAFETY: `collect` passes its own.
    let list = unsafe { &mut *list };
    let Some(group) = read(list.next) else { return 1 };
    list.add(group);
    list.next += size_of::<u32>() as u64;
    0
}

impl List {
    #[inline(always)]
    fn add(&mut self, group: u32) {
        // SAFETY: the number is read at once; an entry that is replaced meanwhile is as good.
        let Some(bit) = (unsafe { GROUP_BITS.get(group) }) else { return };
        let mut first = 0;
        for word in &mut self.bits {
            // A shift by 64 or more is no shift of this word.
            let here = bit.wrapping_sub(first);
            if here < 64 {
                *word |= 1_u64.wrapping_shl(here);
            }
            first = first.wrapping_add(64);
        }
    }
}
