//! A program of the demo: a process of its own, so that it has a cgroup of its own.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{IpAddr, SocketAddr, TcpStream},
    process::{self, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use socket2::{Domain, Protocol, Socket, Type};

use super::{
    flows::{Flow, Transport},
    lab::Lab,
};
use crate::error::Result;

/// The packets that a sender of datagrams sends.
const DATAGRAMS: usize = 5;
const TIMEOUT: Duration = Duration::from_secs(10);

/// What to send, as the command line of the process says it.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The cgroup to enter first
    #[arg(long)]
    cgroup: Option<std::path::PathBuf>,
    /// tcp or udp
    #[arg(long)]
    transport: String,
    /// Where from
    #[arg(long)]
    source: SocketAddr,
    /// Where to
    #[arg(long)]
    destination: SocketAddr,
    /// The TOS byte or Traffic Class to set
    #[arg(long)]
    tos: u8,
}

/// Runs a process that sends `flow`, in the thread's network namespace, and waits for its end.
pub fn start(flow: &Flow, lab: &Lab) -> Result<()> {
    let own = std::env::current_exe().context("looking for this program")?;
    let mut command = Command::new(own);
    let source = SocketAddr::new(flow.source, flow.source_port).to_string();
    let destination = SocketAddr::new(flow.destination, flow.destination_port).to_string();
    command.args(["demo-sender", "--transport", flow.transport.name(), "--source", &source]);
    command.args(["--destination", &destination, "--tos", &flow.tos.to_string()]);
    if flow.in_backup_cgroup {
        command.arg("--cgroup").arg(lab.cgroup.path());
    }
    let status = command.stdin(Stdio::null()).status().context("starting a sender")?;
    ensure_sent(status.success(), flow)
}

fn ensure_sent(success: bool, flow: &Flow) -> Result<()> {
    let sent = || -> anyhow::Result<()> {
        ensure!(success, "{} could not send to {}", flow.application, flow.destination);
        Ok(())
    };
    Ok(sent()?)
}

/// Sends: the process's whole life.
pub fn send(args: &Args) -> Result<()> {
    if let Some(cgroup) = &args.cgroup {
        let procs = cgroup.join("cgroup.procs");
        fs::write(&procs, process::id().to_string())
            .with_context(|| format!("entering {}", cgroup.display()))?;
    }
    let tcp = args.transport == Transport::Tcp.name();
    let socket = open(args, tcp).context("opening a socket")?;
    socket.bind(&args.source.into()).with_context(|| format!("binding to {}", args.source))?;
    socket
        .connect(&args.destination.into())
        .with_context(|| format!("connecting to {}", args.destination))?;
    if tcp {
        converse(socket.into())?;
    } else {
        datagrams(&socket)?;
    }
    Ok(())
}

fn open(args: &Args, tcp: bool) -> anyhow::Result<Socket> {
    let domain = Domain::for_address(args.source);
    let (kind, protocol) =
        if tcp { (Type::STREAM, Protocol::TCP) } else { (Type::DGRAM, Protocol::UDP) };
    let socket = Socket::new(domain, kind, Some(protocol))?;
    socket.set_reuse_address(true)?;
    match args.source.ip() {
        IpAddr::V4(_) => socket.set_tos_v4(args.tos.into())?,
        IpAddr::V6(_) => socket.set_tclass_v6(args.tos.into())?,
    }
    Ok(socket)
}

/// A request and an answer.
fn converse(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(&[b'x'; 4000])?;
    stream.shutdown(std::net::Shutdown::Write)?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

fn datagrams(socket: &Socket) -> anyhow::Result<()> {
    for _ in 0..DATAGRAMS {
        socket.send(&[b'x'; 160])?;
    }
    Ok(())
}
