//! What this process and this kernel lack.

use aya::util::KernelVersion;
use caps::{CapSet, Capability};

use crate::error::{Error, Result};

/// The oldest Linux on which it is tested. What docs/kernels.md names is there since 5.17.
const OLDEST: KernelVersion = KernelVersion::new(6, 1, 0);

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
        Ok(version) if version < OLDEST => Err(Error::unsupported(format!(
            "this is Linux {version}, and qos-loader needs Linux 6.1, the oldest that it is tested on"
        ))),
        _ => Ok(()),
    }
}
