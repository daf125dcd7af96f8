//! The packet that the command line describes.

use std::net::{IpAddr, SocketAddr};

use qos_common::{
    flow::{Flow, Fragment, Ports, Version},
    wire::ports::has_ports,
};

use super::socket::SocketName;
use crate::{
    error::{Error, Result},
    policy::{HostName, ProtocolMatch, check, condition::UrlRequest, parse::Value},
};

const TCP: u8 = 6;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Packet")]
pub(super) struct PacketArgs {
    /// Its transport protocol: tcp, udp, icmp, icmpv6, sctp or a number
    #[arg(long, required_unless_present = "socket")]
    protocol: Option<String>,

    /// Where it comes from, such as `192.0.2.1:5060` or `[2001:db8::1]:5060`; the port may be left out
    #[arg(long, value_name = "ADDRESS[:PORT]", required_unless_present = "socket")]
    source: Option<String>,

    /// Where it goes, written likewise
    #[arg(long, value_name = "ADDRESS[:PORT]", required_unless_present = "socket")]
    destination: Option<String>,

    /// The socket that it leaves by, such as 'tcp 192.0.2.1:5060-192.0.2.2:443'
    ///
    /// The protocol (tcp or udp), this machine's address and port, and the peer's. It stands for the
    /// protocol, the addresses and the sender: the socket is looked for in this network namespace,
    /// and the process that holds it, if it can be seen, is the sender. A socket that is connected
    /// to nobody sends to any peer.
    #[arg(long, value_name = "SOCKET", conflicts_with_all = ["protocol", "source", "destination"])]
    socket: Option<String>,

    /// The name by which its destination was looked up
    #[arg(long, value_name = "NAME")]
    destination_host: Option<String>,

    /// The URL that it answers, where it comes from a web server
    #[arg(long)]
    url: Option<String>,
}

impl PacketArgs {
    /// The socket that it leaves by, if that is said.
    pub(super) fn socket(&self) -> Result<Option<SocketName>> {
        self.socket.as_deref().map(SocketName::read).transpose()
    }

    /// What its headers say. Fails if there can't be such a packet.
    pub(super) fn flow(&self, socket: Option<&SocketName>) -> Result<Flow> {
        let flow = match (socket, &self.protocol, &self.source, &self.destination) {
            (Some(socket), ..) => socket.flow(),
            (None, Some(protocol), Some(source), Some(destination)) => {
                described(protocol, source, destination)?
            }
            _ => return Err(Error::usage("a packet has a protocol, a source and a destination")),
        };
        if self.url.is_some() && flow.protocol != u32::from(TCP) {
            return Err(Error::usage("a URL is asked for over tcp"));
        }
        Ok(flow)
    }

    /// The name that its destination was looked up by.
    pub(super) fn destination_host(&self) -> Result<Option<HostName>> {
        let host = |text: &String| {
            HostName::new(text).ok_or_else(|| wrong("destination-host", text, "a name is expected"))
        };
        self.destination_host.as_ref().map(host).transpose()
    }

    /// The request that it answers.
    pub(super) fn url(&self) -> Result<Option<UrlRequest>> {
        self.url.as_deref().map(request).transpose()
    }
}

fn described(protocol: &str, source: &str, destination: &str) -> Result<Flow> {
    let endpoint = |option: &str, text: &str| {
        endpoint(text)
            .ok_or_else(|| wrong(option, text, "an address, or one with a port, is expected"))
    };
    let numbers = check::protocol::read(&value(protocol)).ok();
    let number = match numbers.as_ref().map(ProtocolMatch::numbers) {
        Some([number]) => *number,
        _ => return Err(wrong("protocol", protocol, "one protocol is expected")),
    };
    let (source, source_port) = endpoint("source", source)?;
    let (destination, destination_port) = endpoint("destination", destination)?;
    if source.is_ipv4() != destination.is_ipv4() {
        return Err(Error::usage("source and destination are of different families"));
    }
    if (source_port.is_some() || destination_port.is_some()) && !has_ports(number) {
        return Err(Error::usage(format!("{protocol} has no ports")));
    }
    let port = |port: Option<u16>| port.map_or(Ports::UNKNOWN, u32::from);
    let ports = Ports { source: port(source_port), destination: port(destination_port) };
    Ok(flow(number, source, destination, ports))
}

/// A packet that is no fragment.
pub(super) fn flow(protocol: u8, source: IpAddr, destination: IpAddr, ports: Ports) -> Flow {
    Flow {
        source: source.into(),
        destination: destination.into(),
        version: if source.is_ipv6() { Version::V6 } else { Version::V4 },
        protocol: protocol.into(),
        ports,
        fragment: Fragment::WHOLE,
    }
}

/// The URL of one request.
fn request(text: &str) -> Result<UrlRequest> {
    check::url::read_request(text).map_err(|fault| {
        let hint = fault.hints.first().cloned().unwrap_or_default();
        wrong("url", text, &hint)
    })
}

/// A text as a policy file has it.
pub(super) fn value(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What is wrong with the `text` of an option.
pub(super) fn wrong(option: &str, text: &str, right: &str) -> Error {
    Error::usage(format!("--{option} {text}: {right}"))
}

fn endpoint(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let alone = text.parse::<IpAddr>().map(|address| (address, None));
    let with_port = || text.parse().map(|both: SocketAddr| (both.ip(), Some(both.port())));
    alone.or_else(|_| with_port()).ok()
}
