//! The hooks that record who uses a socket: those of cgroups, and of what sees every send the best
//! that this kernel allows. One that is missing is no mistake: [`Hook`] says what became of each.

mod limits;
pub(super) mod packets;

use std::{fs::File, io::Read as _};

use anyhow::{Context as _, Result};
use aya::{
    Btf, Ebpf,
    programs::{
        BtfTracePoint, CgroupAttachMode, CgroupSock, CgroupSockAddr, FEntry, Iter, Program,
        ProgramError,
    },
};
use serde::{Deserialize, Serialize};
use tracing::debug;

use crate::policy::resolve::ThisMachine;

pub use limits::limits;

/// A hook, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Its kind and where it is, such as `fentry/security_socket_sendmsg`.
    pub name: String,
    /// Whether it is attached.
    pub state: State,
}

impl Hook {
    pub(super) fn new(name: String, attached: Result<()>) -> Self {
        let missing = |error| State::Missing(reason(&error));
        Self { name, state: attached.map_or_else(missing, |()| State::Attached) }
    }

    /// Whether it does what it is for.
    pub(super) fn is_attached(&self) -> bool {
        self.state == State::Attached
    }

    /// Whether it is the one that finds the sockets that processes hold, and it can.
    pub(super) fn finds_held(&self) -> bool {
        self.name == HELD && self.is_attached()
    }
}

/// What became of a hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is attached.
    Attached,
    /// A better one is.
    Spared,
    /// It can't be attached: why not.
    Missing(String),
}

/// How a program is attached.
#[derive(Clone, Copy)]
enum Way {
    CgroupSocket,
    CgroupAddress,
    Function,
    Tracepoint,
}

/// Those of cgroups: programs, and where.
const CGROUP: [(&str, &str, Way); 5] = [
    ("qos_sock_create", "sock_create", Way::CgroupSocket),
    ("qos_connect4", "connect4", Way::CgroupAddress),
    ("qos_connect6", "connect6", Way::CgroupAddress),
    ("qos_sendmsg4", "sendmsg4", Way::CgroupAddress),
    ("qos_sendmsg6", "sendmsg6", Way::CgroupAddress),
];

/// What sees every send before it is made, and every read.
const FUNCTIONS: [(&str, &str, Way); 3] = [
    ("qos_security_sendmsg", "security_socket_sendmsg", Way::Function),
    ("qos_security_recvmsg", "security_socket_recvmsg", Way::Function),
    ("qos_sendpage", "inet_sendpage", Way::Function),
];

/// In place of those: TCP before it sends, the others after.
const TRACEPOINTS: [(&str, &str, Way); 3] = [
    ("qos_tcp_sendmsg", "tcp_sendmsg_locked", Way::Tracepoint),
    ("qos_send_length", "sock_send_length", Way::Tracepoint),
    ("qos_recv_length", "sock_recv_length", Way::Tracepoint),
];

/// What finds the sockets that processes hold.
const HELD: &str = "iter/task_file";

/// The kernel's types, or why they can't be had. They are some megabytes, so that once a start is enough.
pub(super) fn types() -> Result<Btf> {
    Btf::from_sys_fs().context("the kernel's types can't be read")
}

/// Attaches what can be; the links belong to `ebpf`.
pub(super) fn attach(ebpf: &mut Ebpf, types: &Result<Btf>) -> Vec<Hook> {
    let root = root();
    let mut attach = |(program, place, way): (&str, &str, Way)| {
        let attached = match (way, &root, types) {
            (Way::CgroupSocket, Ok(root), _) => cgroup_socket(ebpf, program, root),
            (Way::CgroupAddress, Ok(root), _) => cgroup_address(ebpf, program, root),
            (Way::Function, _, Ok(types)) => function(ebpf, program, place, types),
            (Way::Tracepoint, _, Ok(types)) => tracepoint(ebpf, program, place, types),
            (Way::CgroupSocket | Way::CgroupAddress, Err(error), _)
            | (Way::Function | Way::Tracepoint, _, Err(error)) => Err(anyhow::anyhow!("{error:#}")),
        };
        Hook::new(name(place, way), attached)
    };
    let mut hooks: Vec<Hook> = CGROUP.map(&mut attach).into();
    let functions = FUNCTIONS.map(&mut attach);
    let [before, ..] = &functions;
    if before.state == State::Attached {
        let spared = |(_, place, way)| Hook { name: name(place, way), state: State::Spared };
        hooks.extend(functions.into_iter().chain(TRACEPOINTS.map(spared)));
    } else {
        hooks.extend(functions.into_iter().chain(TRACEPOINTS.map(attach)));
    }
    hooks
}

/// Loads what [`record_held`] runs, and runs it for the first time.
pub(super) fn find_held(ebpf: &mut Ebpf, types: &Result<Btf>) -> Hook {
    let loaded = match types {
        Ok(types) => load_held(ebpf, types),
        Err(error) => Err(anyhow::anyhow!("{error:#}")),
    };
    Hook::new(HELD.to_owned(), loaded.and_then(|()| record_held(ebpf)))
}

fn load_held(ebpf: &mut Ebpf, types: &Btf) -> Result<()> {
    let program: &mut Iter = program(ebpf, "qos_task_file")?;
    Ok(program.load("task_file", types)?)
}

/// Records the users of all sockets that processes hold.
pub(super) fn record_held(ebpf: &mut Ebpf) -> Result<()> {
    iterate(ebpf, "qos_task_file")
}

/// Runs a loaded iterator from its first object to the last.
pub(super) fn iterate(ebpf: &mut Ebpf, name: &str) -> Result<()> {
    let program: &mut Iter = program(ebpf, name)?;
    let link = program.attach()?;
    let mut nothing = Vec::new();
    program.take_link(link)?.into_file()?.read_to_end(&mut nothing)?;
    Ok(())
}

/// The root of the cgroup (v2) hierarchy that we see.
pub(super) fn root() -> Result<File> {
    let machine = ThisMachine::new();
    let mount = machine.cgroup_mount().context("no cgroup v2 hierarchy is mounted")?;
    File::open(mount).with_context(|| format!("opening {}", mount.display()))
}

fn cgroup_socket(ebpf: &mut Ebpf, name: &str, root: &File) -> Result<()> {
    let program: &mut CgroupSock = program(ebpf, name)?;
    program.load()?;
    // A link of a cgroup always lets others be there too.
    program.attach(root, CgroupAttachMode::Single)?;
    Ok(())
}

fn cgroup_address(ebpf: &mut Ebpf, name: &str, root: &File) -> Result<()> {
    let program: &mut CgroupSockAddr = program(ebpf, name)?;
    program.load()?;
    program.attach(root, CgroupAttachMode::Single)?;
    Ok(())
}

fn function(ebpf: &mut Ebpf, name: &str, function: &str, types: &Btf) -> Result<()> {
    let program: &mut FEntry = program(ebpf, name)?;
    program.load(function, types)?;
    program.attach()?;
    Ok(())
}

fn tracepoint(ebpf: &mut Ebpf, name: &str, tracepoint: &str, types: &Btf) -> Result<()> {
    let program: &mut BtfTracePoint = program(ebpf, name)?;
    program.load(tracepoint, types)?;
    program.attach()?;
    Ok(())
}

pub(super) fn program<'a, P>(ebpf: &'a mut Ebpf, name: &str) -> Result<&'a mut P>
where
    &'a mut P: TryFrom<&'a mut Program, Error = ProgramError>,
{
    let program = ebpf.program_mut(name);
    let program = program.with_context(|| format!("the eBPF object has no program {name}"))?;
    Ok(program.try_into()?)
}

fn name(place: &str, way: Way) -> String {
    let kind = match way {
        Way::CgroupSocket | Way::CgroupAddress => "cgroup",
        Way::Function => "fentry",
        Way::Tracepoint => "tp_btf",
    };
    format!("{kind}/{place}")
}

/// In a line: the verifier's log, which is for who looks closely, can have thousands.
fn reason(error: &anyhow::Error) -> String {
    debug!("{error:#}");
    let of_kernel = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(ProgramError::LoadError { io_error, .. }) => Some(io_error.to_string()),
        _ => None,
    });
    of_kernel.unwrap_or_else(|| format!("{error:#}"))
}
