//! Keeps the verifier's work small: it walks the rest of the program anew for every combination of
//! what it knows of the paths before. What it does not know is one path.

use core::{arch::asm, ffi::c_void};

use aya_ebpf::helpers::generated::bpf_loop;

use crate::privilege::PERFMON;

/// 0, in memory that the verifier does not take for constant (.bss, not .rodata).
static mut ZERO: u64 = 0;

/// `value`, of which the verifier knows nothing.
#[inline(always)]
pub(crate) fn opaque(value: u64) -> u64 {
    // SAFETY: nobody writes to it.
    value ^ unsafe { (&raw const ZERO).read_volatile() }
}

/// Has the compiler put `value` where it stays: of what it keeps in registers it would make copies
/// on the stack across calls, and more copies for the functions that are given a pointer to it.
#[inline(always)]
pub(crate) fn settle<T>(value: &T) {
    // SAFETY: it copies a register. The kernel refuses line information of no instruction.
    unsafe { asm!("{copy} = {value}", copy = out(reg) _, value = in(reg) value, options(nostack)) };
}

/// Where `pointer` points, as a number: of a pointer into the kernel the verifier allows no sum with
/// what it does not know.
#[inline(always)]
pub(crate) fn address<T>(pointer: *mut T) -> u64 {
    let mut address = pointer as u64;
    // SAFETY: it changes a register twice. A negated pointer is a number, and so is that negated.
    unsafe { asm!("{it} = -{it}", "{it} = -{it}", it = inout(reg) address, options(nostack)) };
    address
}

/// The word at any address, its first byte in the lowest bits. The compiler would load it byte by byte.
///
/// # Safety
///
/// It must be readable.
#[inline(always)]
pub(crate) unsafe fn word_at(from: *const u8) -> u64 {
    let word: u64;
    // SAFETY: it only reads, what the caller vouches for.
    unsafe {
        asm!("{word} = *(u64 *)({from} + 0)", word = out(reg) word, from = in(reg) from, options(nostack, readonly));
    }
    u64::from_le(word)
}

/// Writes 0 over all of `value`, word by word: the compiler would call a function that goes byte by byte,
/// in a loop.
///
/// # Safety
///
/// It must be writable, and consist of words.
#[inline(always)]
pub(crate) unsafe fn clear<T>(value: *mut T) {
    const WORD: usize = size_of::<u64>();
    const { assert!(size_of::<T>().is_multiple_of(WORD) && align_of::<T>() == WORD) };
    for word in 0..size_of::<T>() / WORD {
        // SAFETY: the caller vouches for it.
        unsafe { value.cast::<u64>().add(word).write_volatile(0) };
    }
}

/// Calls `step` up to `most` times, until it is done: without `CAP_PERFMON` by a loop of the kernel's own.
#[inline(always)]
pub(crate) fn repeat<F: FnMut() -> bool>(most: u32, mut step: F) {
    if PERFMON {
        for _step in 0..most {
            if step() {
                break;
            }
        }
        return;
    }
    // Without CAP_PERFMON addresses on the stack can't be written over in part, as the compiler may do where
    // the step has been.
    // SAFETY: the callback's type is what the helper calls, and the step outlives the call. It consists of
    // addresses, and is not used again.
    unsafe {
        bpf_loop(most, call::<F> as *mut c_void, (&raw mut step).cast(), 0);
        clear(&raw mut step);
    }
}

/// One step; 1 ends the loop.
unsafe extern "C" fn call<F: FnMut() -> bool>(_index: u64, step: *mut F) -> i64 {
    // SAFETY: `repeat` passes its own.
    i64::from(unsafe { (*step)() })
}
