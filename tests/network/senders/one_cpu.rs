//! One processor for all, for tests of what one packet leaves behind for the next.

use nix::{
    sched::{CpuSet, sched_setaffinity},
    unistd::Pid,
};

/// Keeps this thread, and the processes that it starts, on the first processor.
pub(crate) fn stay() {
    let mut first = CpuSet::new();
    first.set(0).unwrap();
    sched_setaffinity(Pid::from_raw(0), &first).unwrap();
}
