//! The memory of a process that waits most of the time.

/// Gives what is free back to the kernel: putting policies in force takes many times the memory
/// that they need then.
pub(super) fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it has no preconditions, and touches nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}
