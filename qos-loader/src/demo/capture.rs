//! What arrives on the far side, from a packet socket.

use std::{
    os::fd::{AsRawFd as _, OwnedFd},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::Context as _;
use bytes::Bytes;
use nix::{
    errno::Errno,
    sys::{
        socket::{
            AddressFamily, SetSockOpt as _, SockFlag, SockProtocol, SockType, recv, socket, sockopt,
        },
        time::{TimeVal, TimeValLike as _},
    },
};

use super::lab::Namespace;
use crate::error::{Error, Result};

/// More than a GSO packet has.
const LARGEST_FRAME: usize = 1 << 17;

/// A capture on all of a namespace's interfaces, from its start to [`Capture::stop`].
#[derive(Debug)]
pub struct Capture {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<anyhow::Result<Vec<Bytes>>>,
}

impl Capture {
    /// Captures from now on.
    pub fn start(namespace: &Namespace) -> Result<Self> {
        let socket = namespace.enter(open)??;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        Ok(Self { stop, thread: thread::spawn(move || receive(&socket, &stopped)) })
    }

    /// The frames that were captured, in their order.
    pub fn stop(self) -> Result<Vec<Bytes>> {
        self.stop.store(true, Ordering::Relaxed);
        let frames = self.thread.join();
        Ok(frames.map_err(|_| Error::runtime(anyhow::anyhow!("the capture panicked")))??)
    }
}

fn open() -> anyhow::Result<OwnedFd> {
    let (family, kind) = (AddressFamily::Packet, SockType::Raw);
    let socket = socket(family, kind, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)
        .context("opening a packet socket")?;
    sockopt::ReceiveTimeout.set(&socket, &TimeVal::milliseconds(50))?;
    sockopt::RcvBuf.set(&socket, &(8 << 20))?;
    Ok(socket)
}

/// Receives until it is stopped and nothing more is there.
fn receive(socket: &OwnedFd, stopped: &AtomicBool) -> anyhow::Result<Vec<Bytes>> {
    use nix::sys::socket::MsgFlags;
    let mut buffer = vec![0; LARGEST_FRAME];
    let mut frames = Vec::new();
    loop {
        match recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
            Ok(length) => frames.push(Bytes::copy_from_slice(&buffer[..length])),
            Err(Errno::EAGAIN) if stopped.load(Ordering::Relaxed) => return Ok(frames),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(error) => return Err(error).context("receiving from the packet socket"),
        }
    }
}
