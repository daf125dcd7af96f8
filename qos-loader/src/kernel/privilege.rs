//! What this process and this kernel lack.

use aya::util::KernelVersion;
use caps::{CapSet, Capability};

use crate::error::{Error, Result};

/// The first Linux with TCX (commit e420bed02507, "bpf: Add fd-based tcx multi-prog infra").
const TCX: KernelVersion = KernelVersion::new(6, 6, 0);

/// What loading and attaching need. `CAP_SYS_ADMIN` stands for all of them.
const NEEDED: [Capability; 3] =
    [Capability::CAP_BPF, Capability::CAP_PERFMON, Capability::CAP_NET_ADMIN];

/// Fails with the names of the capabilities that are missing, or with what the kernel lacks.
pub fn check() -> Result<()> {
    let has = |one| caps::has_cap(None, CapSet::Effective, one).unwrap_or(false);
    let missing: Vec<String> =
        NEEDED.iter().filter(|one| !has(**one)).map(ToString::to_string).collect();
    if !missing.is_empty() && !has(Capability::CAP_SYS_ADMIN) {
        let message = format!("these privileges are missing: {}", missing.join(", "));
        return Err(Error::unsupported(message).hinted("run it as root: sudo qos-loader …"));
    }
    match KernelVersion::current() {
        Ok(version) if version < TCX => Err(Error::unsupported(format!(
            "this is Linux {version:?}, and attaching needs TCX, which came with Linux 6.6"
        ))),
        _ => Ok(()),
    }
}
