//! Packets that are only counted, by the kernel: it counts those too that it could not keep.

use super::{
    filter::{self, Wanted},
    socket::PacketSocket,
};

/// Counts what arrives at an interface with a mark.
#[derive(Debug)]
pub struct Counter(PacketSocket);

impl Counter {
    /// Counts IP packets with this DSCP from now on, on an interface of the thread's namespace.
    pub fn of_marked(interface: &str, mark: u8) -> Self {
        let socket = PacketSocket::on(interface);
        socket.keep_nothing();
        filter::let_through(&socket, Wanted::Marked(&[mark]));
        Self(socket)
    }

    /// How many there were since the last call.
    pub fn count(&self) -> u64 {
        self.0.arrived().into()
    }
}
