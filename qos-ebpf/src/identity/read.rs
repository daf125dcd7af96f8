//! Reads the kernel's memory, which may change or go meanwhile.

use core::mem::MaybeUninit;

use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use qos_common::kernel::{Field, KernelLayout};

/// What stands at `address`; `None` if nothing does.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the size of a number")]
pub(crate) fn read<T: Copy>(address: u64) -> Option<T> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: the helper writes all of the value, with zeros if it can't read; T is a number.
    unsafe {
        let failed = bpf_probe_read_kernel(
            value.as_mut_ptr().cast(),
            size_of::<T>() as u32,
            address as *const _,
        );
        (failed == 0).then(|| value.assume_init())
    }
}

/// A field of the structure at `address`.
#[inline(always)]
pub(crate) fn field<T: Copy>(address: u64, layout: &KernelLayout, field: Field) -> Option<T> {
    read(address.wrapping_add(layout.offset(field)))
}

/// The bytes at `address` as a word, the first one lowest; if `length` is less than 8 the others are 0.
#[inline(always)]
pub(crate) fn bytes(address: u64, length: u64) -> u64 {
    let mut word = 0_u64;
    let length = length.min(8) as u32;
    // SAFETY: the helper writes at most the word.
    unsafe { bpf_probe_read_kernel((&raw mut word).cast(), length, address as *const _) };
    word
}
