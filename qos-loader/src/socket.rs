//! The socket that a packet of this machine comes from, as the kernel finds it (`sock_diag`).

use std::{
    io::{self, ErrorKind},
    iter::once,
    net::SocketAddr,
};

use netlink_packet_sock_diag::{
    SockDiagMessage,
    constants::{AF_INET, AF_INET6, TCP_LISTEN},
    inet::{ExtensionFlags, InetRequest, InetResponseHeader, SocketId, StateFlags},
};
use nix::net::if_::{Interface, if_nameindex};
use rtnetlink::{
    packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload},
    sys::{Socket as Netlink, SocketAddr as NetlinkAddress, protocols::NETLINK_SOCK_DIAG},
};

const UDP: u8 = 17;

/// What stands in [`SocketId::cookie`] for any socket.
const ANY: [u8; 8] = [0xff; 8];

/// A socket that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    /// Its owner, as our user namespace numbers it.
    pub user: u32,
    /// Its number among files; 0 if no process has it: it is closed, or not accepted yet.
    pub inode: u32,
    /// Whether it waits for connections, of which none is that packet's yet.
    pub listens: bool,
}

/// From which socket of the thread's network namespace TCP (6) or UDP (17) packets from `local` to
/// `peer` come: a connection, or one that is bound to that port and connected to nothing. Fails as
/// unsupported if the kernel can't tell.
pub fn find(protocol: u8, local: SocketAddr, peer: SocketAddr) -> io::Result<Option<Socket>> {
    // One that is bound to a device is found only there.
    let devices = if_nameindex()?;
    for device in once(0).chain(devices.iter().map(Interface::index)) {
        if let Some(found) = ask(request(protocol, local, peer, device))? {
            let InetResponseHeader { uid, inode, state, .. } = found;
            return Ok(Some(Socket { user: uid, inode, listens: state == TCP_LISTEN }));
        }
    }
    check_support(request(protocol, local, peer, 0)).map(|()| None)
}

fn request(protocol: u8, local: SocketAddr, peer: SocketAddr, device: u32) -> InetRequest {
    // The kernel looks a UDP socket up by a packet that it receives.
    let (from, to) = if protocol == UDP { (peer, local) } else { (local, peer) };
    InetRequest {
        family: if local.is_ipv4() { AF_INET } else { AF_INET6 },
        protocol,
        extensions: ExtensionFlags::empty(),
        states: StateFlags::all(),
        socket_id: SocketId {
            source_port: from.port(),
            destination_port: to.port(),
            source_address: from.ip(),
            destination_address: to.ip(),
            interface_id: device,
            cookie: ANY,
        },
    }
}

/// The socket that the kernel finds.
fn ask(request: InetRequest) -> io::Result<Option<InetResponseHeader>> {
    match exchange(request, 0) {
        Ok(NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(found))) => {
            Ok(Some(found.header))
        }
        Ok(_) => Err(io::Error::other("the kernel answers something else")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Fails if the kernel can't look up such sockets, of which it says no more than that there are
/// none, but to who asks for all.
fn check_support(request: InetRequest) -> io::Result<()> {
    let none = InetRequest { states: StateFlags::empty(), ..request };
    match exchange(none, NLM_F_DUMP) {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(ErrorKind::Unsupported.into()),
        other => other.map(drop),
    }
}

/// The first message of the kernel's answer.
fn exchange(request: InetRequest, flags: u16) -> io::Result<NetlinkPayload<SockDiagMessage>> {
    let mut socket = Netlink::new(NETLINK_SOCK_DIAG)?;
    socket.bind_auto()?;
    socket.connect(&NetlinkAddress::new(0, 0))?;
    let mut message = NetlinkMessage::from(SockDiagMessage::InetRequest(request));
    message.header.flags = NLM_F_REQUEST | flags;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let (answer, _) = socket.recv_from_full()?;
    let answer = NetlinkMessage::deserialize(&answer).map_err(io::Error::other)?;
    if let NetlinkPayload::Error(error) = answer.payload {
        return Err(error.to_io());
    }
    Ok(answer.payload)
}
