//! Programs and threads that have few capabilities.

use std::{path::Path, process::Command, thread};

use caps::{CapSet, Capability};

use crate::kernel::{is_older_than, skipped};

/// `program` with nothing but these, as setpriv(1) writes them.
pub fn program_with(capabilities: &[&str], program: &Path) -> Command {
    let keep = capabilities.join(",+");
    let keep = if keep.is_empty() { keep } else { format!(",+{keep}") };
    let mut command = Command::new("setpriv");
    command.arg(format!("--bounding-set=-all{keep}")).arg("--inh-caps=-all").arg(program);
    command
}

/// What `run` returns in a thread with nothing but these.
pub fn thread_with<T: Send>(capabilities: &[Capability], run: impl FnOnce() -> T + Send) -> T {
    let run = || {
        // Capabilities are a thread's.
        caps::set(None, CapSet::Effective, &capabilities.iter().copied().collect()).unwrap();
        run()
    };
    thread::scope(|scope| scope.spawn(run).join().unwrap())
}

/// Whether the kernel takes the program of a loader without `CAP_PERFMON`; else says that a test does
/// nothing here.
pub fn takes_without_perfmon() -> bool {
    let takes = !is_older_than(6, 12);
    if !takes {
        skipped("the verifier refuses the program of a loader without CAP_PERFMON");
    }
    takes
}
