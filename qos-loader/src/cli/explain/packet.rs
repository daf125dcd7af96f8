//! The packet that the command line describes.

use std::net::{IpAddr, SocketAddr};

use qos_common::{
    flow::{Flow, Fragment, Ports},
    wire::ports::has_ports,
};

use crate::{
    error::{Error, Result},
    policy::{
        Application, CgroupPattern, HostName, NameOrId, ProtocolMatch, UrlPattern,
        check::{self, Fault},
        condition::UrlHost,
        explain::Identity,
        parse::Value,
    },
};

const TCP: u8 = 6;

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

    /// A group that the user is in, besides those that this machine knows of (can be repeated)
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,

    /// The program that opened its socket, by its absolute path
    #[arg(long, value_name = "PATH")]
    application: Option<String>,

    /// The cgroup of its socket, such as /system.slice/backup.service
    #[arg(long, value_name = "PATH")]
    cgroup: Option<String>,

    /// The name by which its destination was looked up
    #[arg(long, value_name = "NAME")]
    destination_host: Option<String>,

    /// The URL that it answers, where it comes from a web server
    #[arg(long)]
    url: Option<String>,
}

impl PacketArgs {
    /// What its headers say. Fails if there can't be such a packet.
    pub(super) fn flow(&self) -> Result<Flow> {
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
        if self.url.is_some() && protocol != TCP {
            return Err(Error::usage("a URL is asked for over tcp"));
        }
        let port = |port: Option<u16>| port.map_or(Ports::UNKNOWN, u32::from);
        Ok(Flow {
            source: source.into(),
            destination: destination.into(),
            ipv6: source.is_ipv6(),
            protocol,
            ports: Ports { source: port(source_port), destination: port(destination_port) },
            fragment: Fragment::WHOLE,
        })
    }

    /// Who sent it, and what for.
    pub(super) fn identity(&self) -> Result<Identity> {
        let account = |option, text: &String, read: fn(&Value) -> Result<NameOrId, Fault>| {
            read(&value(text)).map_err(|_| wrong(option, text, "no name or number"))
        };
        let application = |text: &String| match Application::new(text) {
            Some(path @ Application::Path(_)) => Ok(path),
            _ => Err(wrong("application", text, "the absolute path of an executable is expected")),
        };
        let cgroup = |text: &String| {
            let path = CgroupPattern::new(text).filter(|_| !text.contains('*'));
            path.ok_or_else(|| {
                wrong("cgroup", text, "a path from the hierarchy's root is expected")
            })
        };
        let host = |text: &String| {
            HostName::new(text).ok_or_else(|| wrong("destination-host", text, "a name is expected"))
        };
        let groups = self.groups.iter().map(|text| account("group", text, check::account::group));
        let user = self.user.as_ref().map(|text| account("user", text, check::account::user));
        Ok(Identity {
            user: user.transpose()?,
            groups: groups.collect::<Result<_>>()?,
            application: self.application.as_ref().map(application).transpose()?,
            cgroup: self.cgroup.as_ref().map(cgroup).transpose()?,
            destination_host: self.destination_host.as_ref().map(host).transpose()?,
            url: self.url.as_deref().map(request).transpose()?,
        })
    }
}

/// The URL of one request.
fn request(text: &str) -> Result<UrlPattern> {
    let url = check::url::read(&value(text)).map_err(|fault| {
        let hint = fault.hints.first().cloned().unwrap_or_default();
        wrong("url", text, &hint)
    })?;
    if url.host == UrlHost::Any || url.port.is_none() {
        return Err(wrong("url", text, "a request names one host and one port"));
    }
    Ok(UrlPattern { subdirectories: false, ..url })
}

fn value(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn wrong(option: &str, text: &str, right: &str) -> Error {
    Error::usage(format!("--{option} {text}: {right}"))
}

fn endpoint(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let alone = text.parse::<IpAddr>().map(|address| (address, None));
    let with_port = || text.parse().map(|both: SocketAddr| (both.ip(), Some(both.port())));
    alone.or_else(|_| with_port()).ok()
}
