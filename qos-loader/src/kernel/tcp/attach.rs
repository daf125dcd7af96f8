//! Attaches programs to what TCP does, of all sockets of the cgroup v2 hierarchy.

use anyhow::{Result, ensure};
use aya::{
    Ebpf,
    programs::{CgroupAttachMode, Iter, SockOps, sock_ops::SockOpsLinkId},
};

use super::super::{
    hooks::{self, Hook, State, program},
    privilege,
};

/// Where TCP itself calls.
const AT_TCP: &str = "cgroup/sock_ops";

/// What finds the TCP sockets that there are.
pub(in super::super) const OVER_TCP: &str = "iter/tcp";

/// Has TCP call `name` from now on.
pub(super) fn attach(ebpf: &mut Ebpf, name: &str) -> Result<(Hook, SockOpsLinkId)> {
    let root = hooks::root()?;
    let program: &mut SockOps = program(ebpf, name)?;
    if program.fd().is_err() {
        program.load()?;
    }
    // A link of a cgroup always lets others be there too.
    let link = program.attach(root, CgroupAttachMode::Single)?;
    Ok((Hook { name: AT_TCP.to_owned(), state: State::Attached }, link))
}

/// Has it no longer call.
pub(super) fn detach(ebpf: &mut Ebpf, name: &str, link: SockOpsLinkId) -> Result<()> {
    let program: &mut SockOps = program(ebpf, name)?;
    Ok(program.detach(link)?)
}

/// Makes `name` ready to be [run](hooks::iterate) over the TCP sockets of the thread's network
/// namespace.
pub(super) fn load_iterator(ebpf: &mut Ebpf, name: &str) -> Hook {
    let mut load = || -> Result<()> {
        ensure!(privilege::can_trace(), "CAP_PERFMON is missing");
        let program: &mut Iter = program(ebpf, name)?;
        if program.fd().is_err() {
            program.load("tcp", &hooks::types()?)?;
        }
        Ok(())
    };
    Hook::new(OVER_TCP.to_owned(), load())
}
