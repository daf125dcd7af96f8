//! The far side's servers: each port takes a connection and answers it, or takes datagrams.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    thread,
};

use anyhow::Context as _;

use super::{
    flows::{Flow, Transport},
    lab::Namespace,
};
use crate::error::{Error, Result};

/// The running servers.
#[derive(Debug)]
pub struct Server {
    connections: Vec<thread::JoinHandle<anyhow::Result<()>>>,
    /// Open so that no ICMP error answers the datagrams.
    _sinks: Vec<UdpSocket>,
}

impl Server {
    /// Listens where `flows` go to.
    pub fn start(far: &Namespace, flows: &[Flow]) -> Result<Self> {
        let at = |transport| {
            flows
                .iter()
                .filter(move |flow| flow.transport == transport)
                .map(|flow| SocketAddr::new(flow.destination, flow.destination_port))
        };
        let sinks: BTreeSet<SocketAddr> = at(Transport::Udp).collect();
        let listeners: BTreeSet<SocketAddr> = at(Transport::Tcp).collect();
        let (sinks, listeners) = far.enter(|| -> anyhow::Result<_> {
            let sink = |address: &SocketAddr| UdpSocket::bind(address);
            let listener =
                |address: &SocketAddr| TcpListener::bind(address).map(|socket| (*address, socket));
            let sinks: Result<Vec<UdpSocket>, _> = sinks.iter().map(sink).collect();
            let listeners: Result<Vec<(SocketAddr, TcpListener)>, _> =
                listeners.iter().map(listener).collect();
            Ok((sinks.context("opening a server")?, listeners.context("opening a server")?))
        })??;
        let serve = |(address, listener): (SocketAddr, TcpListener)| {
            let count = at(Transport::Tcp).filter(|one| *one == address).count();
            thread::spawn(move || (0..count).try_for_each(|_| answer(listener.accept()?.0)))
        };
        Ok(Self { connections: listeners.into_iter().map(serve).collect(), _sinks: sinks })
    }

    /// Waits until every connection was answered.
    pub fn stop(self) -> Result<()> {
        for connection in self.connections {
            connection
                .join()
                .map_err(|_| Error::runtime(anyhow::anyhow!("a server panicked")))??;
        }
        Ok(())
    }
}

fn answer(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.read_to_end(&mut Vec::new())?;
    stream.write_all(b"thanks")?;
    Ok(())
}
