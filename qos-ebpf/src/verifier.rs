//! Keeps the verifier's work small: it walks the rest of the program anew for every combination of
//! what it knows of the paths before. What it does not know is one path.

use core::arch::asm;

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
