//! UDP senders without pacing, measured by the CPU time of their thread.

use std::{
    cell::Cell,
    io::IoSlice,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    os::fd::AsRawFd as _,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use nix::{
    sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, sendmmsg},
    time::ClockId,
};

/// How many packets a call sends.
pub(super) const BATCH: usize = 64;

static PAYLOAD: [u8; 18] = [0; 18];

/// Where packets go, in turn.
pub(super) struct Trace {
    /// A whole number of batches; none of those of a connected socket.
    destinations: Vec<Option<SockaddrIn>>,
    next: Cell<usize>,
}

impl Trace {
    /// Where the socket is connected to.
    pub(super) fn connected() -> Self {
        Self { destinations: vec![None; BATCH], next: Cell::new(0) }
    }

    /// To each of these, whose number is a multiple of [`BATCH`].
    pub(super) fn of(destinations: &[SocketAddrV4]) -> Self {
        let destinations = destinations.iter().map(|one| Some(SockaddrIn::from(*one)));
        Self { destinations: destinations.collect(), next: Cell::new(0) }
    }

    fn batch(&self) -> &[Option<SockaddrIn>] {
        let start = self.next.get();
        self.next.set((start + BATCH) % self.destinations.len());
        &self.destinations[start..start + BATCH]
    }
}

/// A socket that sends batches.
pub(super) struct Sender {
    socket: UdpSocket,
    headers: MultiHeaders<SockaddrIn>,
    messages: [[IoSlice<'static>; 1]; BATCH],
}

impl Sender {
    /// A socket of the thread's network namespace, unconnected.
    pub(super) fn new() -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let headers = MultiHeaders::preallocate(BATCH, None);
        Ok(Self { socket, headers, messages: [[IoSlice::new(&PAYLOAD)]; BATCH] })
    }

    /// The same, connected.
    pub(super) fn connected(to: SocketAddrV4) -> Result<Self> {
        let sender = Self::new()?;
        sender.socket.connect(to)?;
        Ok(sender)
    }

    /// Sends the next batch of a trace.
    pub(super) fn send(&mut self, trace: &Trace) -> Result<()> {
        let (socket, headers) = (self.socket.as_raw_fd(), &mut self.headers);
        let flags = MsgFlags::empty();
        let sent = sendmmsg(socket, headers, &self.messages, trace.batch(), [], flags)?;
        ensure!(sent.count() == BATCH, "some packets were not sent");
        Ok(())
    }

    /// Sends for some time, at least a batch, and says how many nanoseconds a packet took.
    pub(super) fn measure(&mut self, trace: &Trace, time: Duration) -> Result<f64> {
        let (start, before) = (Instant::now(), cpu_time()?);
        let mut packets = 0;
        while packets == 0 || start.elapsed() < time {
            self.send(trace)?;
            packets += BATCH;
        }
        let took = cpu_time()?.saturating_sub(before);
        Ok(took.as_secs_f64() * 1e9 / f64::from(u32::try_from(packets)?))
    }
}

/// The CPU time of this thread, in the kernel too. Receiving is in it: what is sent through a veth
/// pair has arrived, on the same CPU, when the call that sends it returns.
fn cpu_time() -> Result<Duration> {
    Ok(ClockId::CLOCK_THREAD_CPUTIME_ID.now()?.into())
}
