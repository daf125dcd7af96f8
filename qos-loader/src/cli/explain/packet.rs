//! The packet that the command line describes.

use std::net::{IpAddr, SocketAddr};

use qos_common::{
    flow::{Address, Flow, Fragment, Ports},
    wire::ports::has_ports,
};

use crate::{
    error::{Error, Result},
    policy::{CgroupPattern, ProtocolMatch, UserMatch, check, parse::Value},
};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Packet")]
pub(super) struct PacketArgs {
    /// Its transport protocol: tcp, udp, icmp, icmpv6, sctp or a number
    #[arg(long)]
    protocol: String,

    /// Where it comes from, such as `192.0.2.1:5060` or `[2001:db8::1]:5060`; the port may be left out
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    source: String,

    /// Where it goes, written likewise
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    destination: String,

    /// The user that owns its socket, by name or number
    #[arg(long)]
    user: Option<String>,

    /// The cgroup of its socket, such as /system.slice/backup.service
    #[arg(long, value_name = "PATH")]
    cgroup: Option<String>,
}

/// A packet and who sent it.
#[derive(Clone, Debug)]
pub(super) struct Described {
    pub(super) flow: Flow,
    pub(super) user: Option<UserMatch>,
    pub(super) cgroup: Option<CgroupPattern>,
}

impl PacketArgs {
    /// The packet. Fails if it can't exist.
    pub(super) fn read(&self) -> Result<Described> {
        let wrong = |option: &str, text: &str, right: &str| {
            Error::usage(format!("--{option} {text}: {right}"))
        };
        let value = |text: &String| Value::Text(text.clone());
        let endpoint = |option: &str, text: &str| {
            endpoint(text)
                .ok_or_else(|| wrong(option, text, "an address, or one with a port, is expected"))
        };
        let protocol = check::protocol::read(&value(&self.protocol)).ok();
        let protocol = match protocol.as_ref().map(ProtocolMatch::numbers) {
            Some([number]) => *number,
            _ => return Err(wrong("protocol", &self.protocol, "one protocol is expected")),
        };
        let (source, source_port) = endpoint("source", &self.source)?;
        let (destination, destination_port) = endpoint("destination", &self.destination)?;
        if source.is_ipv4() != destination.is_ipv4() {
            return Err(Error::usage("source and destination are of different families"));
        }
        if (source_port.is_some() || destination_port.is_some()) && !has_ports(protocol) {
            return Err(Error::usage(format!("{} has no ports", self.protocol)));
        }
        let user = self.user.as_ref().map(|text| {
            check::user::read(&value(text)).map_err(|_| wrong("user", text, "no name or number"))
        });
        let cgroup = self.cgroup.as_ref().map(|text| {
            let path = CgroupPattern::new(text).filter(|_| !text.contains('*'));
            path.ok_or_else(|| {
                wrong("cgroup", text, "a path from the hierarchy's root is expected")
            })
        });
        let port = |port: Option<u16>| port.map_or(Ports::UNKNOWN, u32::from);
        let flow = Flow {
            source: address(source),
            destination: address(destination),
            ipv6: source.is_ipv6(),
            protocol,
            ports: Ports { source: port(source_port), destination: port(destination_port) },
            fragment: Fragment::WHOLE,
        };
        Ok(Described { flow, user: user.transpose()?, cgroup: cgroup.transpose()? })
    }
}

fn endpoint(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let alone = text.parse::<IpAddr>().map(|address| (address, None));
    let with_port = || text.parse().map(|both: SocketAddr| (both.ip(), Some(both.port())));
    alone.or_else(|_| with_port()).ok()
}

fn address(address: IpAddr) -> Address {
    match address {
        IpAddr::V4(address) => Address::v4(address.octets()),
        IpAddr::V6(address) => Address::v6(address.octets()),
    }
}
