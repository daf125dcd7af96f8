//! Every frame that arrives at an interface, as it was on the wire.

mod counter;
mod filter;
pub mod frame;
pub(crate) mod socket;

use std::{
    cell::RefCell,
    collections::VecDeque,
    time::{Duration, Instant},
};

pub use counter::Counter;
use filter::Wanted;
pub use frame::{Frame, Ip};
use socket::PacketSocket;

use crate::patience::PATIENCE;

/// A raw capture of what arrives at an interface. It keeps what nobody took yet.
#[derive(Debug)]
pub struct Capture {
    socket: PacketSocket,
    kept: RefCell<VecDeque<Frame>>,
}

impl Capture {
    /// Captures from now on, on an interface of the thread's namespace.
    pub fn on(interface: &str) -> Self {
        Self { socket: PacketSocket::on(interface), kept: RefCell::default() }
    }

    /// Captures only IP packets without a mark: whatever there is of others costs nothing.
    pub fn of_unmarked(interface: &str) -> Self {
        Self::of(interface, Wanted::Marked(&[0]))
    }

    /// Captures only IP packets whose mark is none of `marks`.
    pub fn of_marked_otherwise(interface: &str, marks: &[u8]) -> Self {
        Self::of(interface, Wanted::MarkedOtherwise(marks))
    }

    fn of(interface: &str, wanted: Wanted<'_>) -> Self {
        let socket = PacketSocket::on(interface);
        filter::let_through(&socket, wanted);
        Self { socket, kept: RefCell::default() }
    }

    /// Takes the first `count` frames that are `wanted`, in the order of their arrival. Panics if
    /// they do not arrive, and if one of them has a bad checksum.
    pub fn take(&self, count: usize, wanted: impl Fn(&Frame) -> bool) -> Vec<Frame> {
        let taken = self.take_unverified(count, wanted);
        taken.iter().for_each(Frame::assert_checksums);
        taken
    }

    /// The same with any checksum, for frames that were made with a wrong one.
    pub fn take_unverified(&self, count: usize, wanted: impl Fn(&Frame) -> bool) -> Vec<Frame> {
        let mut taken = Vec::new();
        self.until(|frame| {
            if wanted(frame) {
                taken.push(frame.clone());
            }
            (taken.len() >= count, wanted(frame))
        });
        taken
    }

    /// Takes the next `count` IP packets to a port.
    pub fn to_port(&self, port: u16, count: usize) -> Vec<Frame> {
        self.take(count, |frame| frame.ip().is_some_and(|ip| ip.destination_port() == Some(port)))
    }

    /// The next frame, if there is one before the time is up.
    pub fn next(&self, patience: Duration) -> Option<Frame> {
        let kept = self.kept.borrow_mut().pop_front();
        kept.or_else(|| self.socket.receive(patience))
    }

    /// How many frames the kernel could not keep for us.
    pub fn lost(&self) -> u32 {
        self.socket.lost()
    }

    /// Shows `visit` each frame until it says that this was the last; it also says whether it
    /// takes the frame.
    fn until(&self, mut visit: impl FnMut(&Frame) -> (bool, bool)) {
        let mut done = false;
        self.kept.borrow_mut().retain(|frame| {
            let taken;
            (done, taken) = if done { (true, false) } else { visit(frame) };
            !taken
        });
        let end = Instant::now() + PATIENCE;
        while !done {
            let left = end.saturating_duration_since(Instant::now());
            let Some(frame) = self.socket.receive(left) else {
                let kept = self.kept.borrow();
                panic!("what was waited for did not arrive; {} other frames: {kept:#?}", kept.len())
            };
            let taken;
            (done, taken) = visit(&frame);
            if !taken {
                self.kept.borrow_mut().push_back(frame);
            }
        }
        assert_eq!(self.lost(), 0, "the capture lost frames");
    }
}

/// The DSCPs of frames, in their order.
pub fn dscps(frames: &[Frame]) -> Vec<u8> {
    frames.iter().map(|frame| frame.ip().unwrap().dscp()).collect()
}
