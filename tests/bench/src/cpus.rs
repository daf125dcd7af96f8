//! The CPUs that this process may use.

use anyhow::{Context as _, Result};
use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    unistd::Pid,
};

/// The first and the last one.
pub(crate) fn ends() -> Result<[usize; 2]> {
    let allowed = sched_getaffinity(THIS)?;
    let mut all = (0..CpuSet::count()).filter(|cpu| allowed.is_set(*cpu).unwrap_or(false));
    let first = all.next().context("no CPU")?;
    Ok([first, all.next_back().unwrap_or(first)])
}

/// Has this thread stay on the last one: the first has more to do for others.
pub(crate) fn stay_on_the_last() -> Result<()> {
    let [_, last] = ends()?;
    stay_on(last)
}

/// Has this thread stay on this one.
pub(crate) fn stay_on(cpu: usize) -> Result<()> {
    let mut one = CpuSet::new();
    one.set(cpu)?;
    Ok(sched_setaffinity(THIS, &one)?)
}

/// This thread.
const THIS: Pid = Pid::from_raw(0);
