//! Kernels that can't do it, or may not: exit code 3, and what is missing.

use std::{io, os::unix::process::CommandExt as _, process::Command};

use aya::util::KernelVersion;
use qos_tests::{
    kernel::{refuse_bpf, skipped},
    loader,
    netns::{Lab, NEAR},
};

/// What `run` and `demo` say when they are refused.
fn refused(prepare: impl Fn(&mut Command)) -> [String; 2] {
    let _lab = Lab::new();
    [&["run", "-i", NEAR, "-p", "dscp=1"][..], &["demo"]].map(|arguments| {
        let mut command = loader::command();
        prepare(&mut command);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert_eq!(output.stdout, b"", "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    })
}

/// Linux tells old programs that it is a 2.6 (`UNAME26`).
#[test]
fn a_kernel_that_is_too_old() {
    const UNAME26: libc::c_ulong = 0x0002_0000;
    if std::fs::read_to_string("/proc/version").unwrap().contains("Debian") {
        return skipped("Debian's kernels have a second version, which can't be changed");
    }
    let seem_old = || {
        // SAFETY: the call has no memory to do with.
        let result = unsafe { libc::personality(UNAME26) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    };
    let messages = refused(|command| {
        // SAFETY: between fork and exec it makes one call, and allocates nothing.
        unsafe { command.pre_exec(seem_old) };
    });
    let current = KernelVersion::current().unwrap();
    for message in messages {
        let start = "error: this is Linux 2.6.";
        assert!(message.starts_with(start), "{current}: {message}");
        assert!(message.contains("needs Linux 6.1"), "{message}");
    }
}

#[test]
fn a_kernel_without_bpf() {
    for message in refused(|command| refuse_bpf(command, libc::ENOSYS)) {
        assert!(message.contains("hint: this kernel has no bpf(2)"), "{message}");
    }
}

/// As under the seccomp profile of a container.
#[test]
fn bpf_is_forbidden_to_whoever_has_the_capabilities() {
    for message in refused(|command| refuse_bpf(command, libc::EPERM)) {
        assert!(message.contains("hint: something forbids bpf(2)"), "{message}");
    }
}
