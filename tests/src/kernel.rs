//! What the kernel is that the tests run on, and programs for which it seems to be less.

pub mod cgroup;
mod config;

use std::{env, io, os::unix::process::CommandExt as _, process::Command};

use aya::{
    programs::{SchedClassifier, TcAttachType},
    util::KernelVersion,
};
use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
};

pub use config::is_built_without;

/// Commands of bpf(2), in linux/bpf.h.
const BPF_PROG_QUERY: u32 = 16;
const BPF_RAW_TRACEPOINT_OPEN: u32 = 17;
const BPF_LINK_CREATE: u32 = 28;
const LAST_COMMAND: u32 = 63;

/// The instructions of linux/filter.h that are needed: a word at an offset, a jump, the end.
const LOAD: u16 = 0x20;
const IS: u16 = 0x15;
const RETURN: u16 = 0x06;

/// Where `struct seccomp_data` has the number of the call and the lower half of its first argument.
const CALL: u32 = 0;
const COMMAND: u32 = if cfg!(target_endian = "little") { 16 } else { 20 };

/// Whether programs can be attached as links (commit e420bed02507, Linux 6.6).
pub fn has_tcx() -> bool {
    SchedClassifier::query_tcx("lo", TcAttachType::Egress).is_ok()
}

/// Whether this is a guest of `cargo xtask test --vm`, which has few programs.
pub fn is_guest() -> bool {
    env::var_os("QOS_VM_LIMIT").is_some()
}

/// Whether the kernel is older than a version: only for what can't be asked for otherwise.
pub fn is_older_than(major: u8, minor: u8) -> bool {
    KernelVersion::current().unwrap() < KernelVersion::new(major, minor, 0)
}

/// Says that a test does nothing here, and why.
#[expect(clippy::print_stdout, reason = "whoever reads the tests' output is to know")]
pub fn skipped(reason: &str) {
    let version = KernelVersion::current().unwrap();
    println!("skipped: Linux {version}: {reason}");
}

/// Has the program find that the kernel has no TCX when it asks. Links can be made all the same, for
/// cgroups have them too.
pub fn hide_tcx(command: &mut Command) {
    refuse(command, &[BPF_PROG_QUERY], libc::EINVAL);
}

/// Has the program find nothing that it can attach to but tc filters.
pub fn hide_links(command: &mut Command) {
    let commands = [BPF_PROG_QUERY, BPF_RAW_TRACEPOINT_OPEN, BPF_LINK_CREATE];
    refuse(command, &commands, libc::EINVAL);
}

/// The same with links alone, which cgroups and iterators have; what traces still works.
pub fn hide_links_of_cgroups(command: &mut Command) {
    refuse(command, &[BPF_PROG_QUERY, BPF_LINK_CREATE], libc::EINVAL);
}

/// Has the program find no description of the kernel's types.
pub fn hide_types(command: &mut Command) {
    let hide = || {
        unshare(CloneFlags::CLONE_NEWNS)?;
        let nothing = None::<&str>;
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(nothing, "/", nothing, private, nothing)?;
        let empty = Some("tmpfs");
        mount(empty, "/sys/kernel/btf", empty, MsFlags::empty(), nothing)?;
        Ok(())
    };
    // SAFETY: between fork and exec it only makes calls, for which nothing is allocated.
    unsafe { command.pre_exec(hide) };
}

/// Has bpf(2) fail for the program, whatever it asks.
pub fn refuse_bpf(command: &mut Command, error: i32) {
    let all: Vec<u32> = (0..=LAST_COMMAND).collect();
    refuse(command, &all, error);
}

/// Has these commands of bpf(2) fail for the program.
fn refuse(command: &mut Command, commands: &[u32], error: i32) {
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let count = u8::try_from(commands.len()).unwrap();
    let bpf = u32::try_from(libc::SYS_bpf).unwrap();
    let error = libc::SECCOMP_RET_ERRNO | error.cast_unsigned();
    let mut steps = vec![step(LOAD, 0, 0, CALL), step(IS, 0, count + 1, bpf)];
    steps.push(step(LOAD, 0, 0, COMMAND));
    let tests = (1..=count).rev().zip(commands);
    steps.extend(tests.map(|(left, command)| step(IS, left, 0, *command)));
    steps.extend([libc::SECCOMP_RET_ALLOW, error].map(|end| step(RETURN, 0, 0, end)));
    let filter = move || {
        let len = u16::try_from(steps.len()).unwrap_or_default();
        let program = libc::sock_fprog { len, filter: steps.as_ptr().cast_mut() };
        let mode = libc::c_ulong::from(libc::SECCOMP_MODE_FILTER);
        // SAFETY: the kernel copies the steps, which live until then.
        let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec it makes one call, and allocates nothing.
    unsafe { command.pre_exec(filter) };
}
