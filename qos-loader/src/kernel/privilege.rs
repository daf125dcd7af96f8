//! What this process and this kernel lack.

use aya::util::KernelVersion;
use caps::{CapSet, Capability};
use tracing::debug;

use crate::error::{Error, Result};

/// The oldest Linux on which it is tested. What docs/kernels.md names is there since 5.17.
const OLDEST: KernelVersion = KernelVersion::new(6, 1, 0);

/// What loading and attaching need. `CAP_SYS_ADMIN` stands for all of them.
const NEEDED: [Capability; 2] = [Capability::CAP_BPF, Capability::CAP_NET_ADMIN];

/// What following senders needs.
const TRACING: Capability = Capability::CAP_PERFMON;

/// Fails with the names of the capabilities that are missing, or with what the kernel lacks. It goes
/// without `CAP_PERFMON` where nothing needs it, but who has too few may as well hear of all.
pub fn check() -> Result<()> {
    if !NEEDED.into_iter().all(has) {
        let [bpf, admin] = NEEDED;
        return Err(missing([bpf, TRACING, admin].into_iter().filter(|one| !has(*one))));
    }
    match KernelVersion::current() {
        Ok(version) if version < OLDEST => Err(Error::unsupported(format!(
            "this is Linux {version}, and qos-loader needs Linux 6.1, the oldest that it is tested on"
        ))),
        _ => Ok(()),
    }
}

/// Whether programs may read the kernel's memory.
pub(super) fn can_trace() -> bool {
    has(TRACING)
}

/// Fails if they may not.
pub(super) fn check_tracing() -> Result<()> {
    if can_trace() { Ok(()) } else { Err(missing([TRACING])) }
}

/// That the kernel `refused` the program for loaders without it.
pub(super) fn untraced(refused: &Error) -> Error {
    debug!("{refused}");
    missing([TRACING])
        .context("this kernel takes no program from a loader without it, as Linux 6.12 does")
}

fn has(capability: Capability) -> bool {
    let has = |one| caps::has_cap(None, CapSet::Effective, one).unwrap_or(false);
    has(capability) || has(Capability::CAP_SYS_ADMIN)
}

fn missing(capabilities: impl IntoIterator<Item = Capability>) -> Error {
    let names: Vec<String> = capabilities.into_iter().map(|one| one.to_string()).collect();
    let message = format!("these privileges are missing: {}", names.join(", "));
    Error::unsupported(message).hinted("run it as root: sudo qos-loader …")
}
