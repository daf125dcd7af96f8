//! Why the kernel refuses what it is to load, by what it says itself: a kernel's version tells
//! neither how it was built nor what it is allowed to do.

use std::{io, path::Path};

use aya::programs::ProgramError;
use libc::{ENOSYS, EPERM};

use crate::error::{Error, Kind};

/// What the verifier says of a program with callbacks if there is no JIT compiler.
const NO_JIT: &str = "not allowed in non-JITed programs";

/// The types of a kernel that was built with `CONFIG_DEBUG_INFO_BTF`.
const BTF: &str = "/sys/kernel/btf/vmlinux";

/// The error of a call of bpf(2).
pub(super) fn of(error: impl Into<anyhow::Error>) -> Error {
    let error = error.into();
    let code = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()?.raw_os_error());
    match code {
        Some(ENOSYS) => Error::new(Kind::Unsupported, error)
            .hinted("this kernel has no bpf(2): it was built without CONFIG_BPF_SYSCALL"),
        // The capabilities are there.
        Some(EPERM) => Error::new(Kind::Unsupported, error).hinted(
            "something forbids bpf(2): a container's seccomp profile, a security module, or lockdown",
        ),
        _ => Error::runtime(error),
    }
}

/// The error of loading a program. The verifier's log can have hundreds of thousands of lines: its
/// end says what is wrong.
pub(super) fn of_program(error: ProgramError) -> Error {
    let ProgramError::LoadError { io_error, verifier_log } = error else { return of(error) };
    let log = verifier_log.to_string();
    if log.contains(NO_JIT) {
        return Error::unsupported("the kernel compiles no BPF programs, and this one needs that")
            .hinted("sysctl net.core.bpf_jit_enable=1, if it was built with CONFIG_BPF_JIT");
    }
    let lines: Vec<&str> = log.lines().collect();
    let end = lines[lines.len().saturating_sub(20)..].join("\n");
    let refused = anyhow::Error::new(io_error).context(format!("the kernel refused it:\n{end}"));
    if Path::new(BTF).exists() {
        return of(refused);
    }
    Error::new(Kind::Unsupported, refused).hinted(
        "this kernel was built without CONFIG_DEBUG_INFO_BTF, without which nobody tried it",
    )
}
