//! Who sends a flow, as far as it can still be seen.

use std::net::SocketAddr;

use nix::unistd::{Uid, User};

use crate::{
    control::watched::WatchedFlow,
    process::{Process, holders},
    socket,
};

/// For people; none of what is not known.
pub(super) struct Sender {
    /// The executable's path.
    pub(super) application: Option<String>,
    /// The user's name, or the number of one without a name.
    pub(super) user: Option<String>,
}

/// What the program recorded; else the process that has the socket now.
pub(super) fn find(flow: &WatchedFlow) -> Sender {
    let application = flow.application.clone().or_else(|| {
        let process = holder(flow)?;
        process.application().ok()?.map(|application| application.to_string())
    });
    Sender { application, user: flow.user.map(name) }
}

fn holder(flow: &WatchedFlow) -> Option<Process> {
    let [Some(source), Some(destination)] = flow.ports else { return None };
    let local = SocketAddr::new(flow.source, source);
    let peer = SocketAddr::new(flow.destination, destination);
    let is_looked_up = flow.is_own && [TCP, UDP].contains(&flow.protocol);
    let socket = socket::find(flow.protocol, local, peer).ok().filter(|_| is_looked_up)??;
    // One that is closed or not accepted yet is of no process.
    let holders = if socket.inode == 0 { Vec::new() } else { holders::of_socket(socket.inode) };
    holders.first().map(|pid| Process { pid: *pid })
}

/// `IPPROTO_TCP`
const TCP: u8 = 6;
/// `IPPROTO_UDP`
const UDP: u8 = 17;

fn name(user: u32) -> String {
    let known = User::from_uid(Uid::from_raw(user)).ok().flatten();
    known.map_or_else(|| user.to_string(), |known| known.name)
}
