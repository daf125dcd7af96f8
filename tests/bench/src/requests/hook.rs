//! What the kernel says that the hook takes.

use std::{
    fs,
    os::fd::{AsFd as _, AsRawFd as _},
};

use anyhow::{Context as _, Result};
use aya::{
    programs::loaded_programs,
    sys::{Stats, enable_stats},
};

/// The hook, as the kernel cuts its name.
const HOOK: &[u8] = b"qos_request_rec";

/// Nanoseconds that the hook takes of a packet while `work` is done; none if it is not there.
pub(super) fn nanoseconds<T>(work: impl FnOnce() -> T) -> Result<Option<f64>> {
    let _stats = enable_stats(Stats::RunTime)?;
    let Some(before) = taken()? else { return Ok(None) };
    work();
    let after = taken()?.context("the hook is gone")?;
    let [time, runs] = [0, 1].map(|index| after[index] - before[index]);
    Ok(Some(time / runs))
}

/// The nanoseconds of all runs, and how many there were (`bpf_prog_show_fdinfo`, `kernel/bpf/syscall.c`).
fn taken() -> Result<Option<[f64; 2]>> {
    let hook = loaded_programs().flatten().find(|program| program.name() == HOOK);
    let Some(hook) = hook else { return Ok(None) };
    let descriptor = hook.fd()?;
    let number = descriptor.as_fd().as_raw_fd();
    let text = fs::read_to_string(format!("/proc/self/fdinfo/{number}"))?;
    let value = |key: &str| -> Result<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        Ok(line.with_context(|| format!("no {key}"))?.trim().parse()?)
    };
    Ok(Some([value("run_time_ns:")?, value("run_cnt:")?]))
}
