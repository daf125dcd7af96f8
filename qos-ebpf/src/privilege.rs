//! What the kernel allows. From a loader without `CAP_PERFMON` it takes no program that reads the kernel's
//! memory, and it follows each program also where a processor may go that guesses a branch wrong: so
//! there are no loops but its own (`bpf_loop`), an address and a number that differs by the way are added
//! nowhere, and nothing is logged.

/// Whether this is for loaders with `CAP_PERFMON`; for the others this program is built a second time.
pub(crate) const PERFMON: bool = !cfg!(feature = "without-perfmon");
