//! Network interfaces: which are there, which are asked for, and which come and go (rtnetlink).
#![expect(clippy::wildcard_enum_match_arm, reason = "netlink has more kinds than we look at")]

use futures_util::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use glob::Pattern;
use rtnetlink::{
    MulticastGroup, new_connection, new_multicast_connection,
    packet_core::NetlinkPayload,
    packet_route::{
        RouteNetlinkMessage,
        link::{LinkAttribute, LinkFlags, LinkLayerType, LinkMessage},
    },
};

use super::LinkKind;
use crate::error::{Error, Result};

/// A network interface of this namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interface {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// What its frames look like; none where they are neither Ethernet nor plain IP.
    pub kind: Option<LinkKind>,
}

impl Interface {
    fn of(message: &LinkMessage) -> Option<Self> {
        let name = message.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::IfName(name) => Some(name.clone()),
            _ => None,
        })?;
        let kind = match message.header.link_layer_type {
            LinkLayerType::Ether | LinkLayerType::Loopback => Some(LinkKind::Ethernet),
            LinkLayerType::None
            | LinkLayerType::Ppp
            | LinkLayerType::Rawip
            | LinkLayerType::Tunnel
            | LinkLayerType::Tunnel6
            | LinkLayerType::Sit => Some(LinkKind::Ip),
            // Those between two hosts; the others have the outer header before the packet already.
            LinkLayerType::Ipgre | LinkLayerType::Ip6gre if is_point_to_point(message) => {
                Some(LinkKind::Ip)
            }
            _ => None,
        };
        Some(Self { index: message.header.index, name, kind })
    }
}

fn is_point_to_point(message: &LinkMessage) -> bool {
    let flags = message.header.flags;
    flags.contains(LinkFlags::Pointopoint) && !flags.contains(LinkFlags::Broadcast)
}

/// What came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An interface is there, newly or with another name.
    Present(Interface),
    /// The interface of this number is gone.
    Gone(u32),
}

/// The interfaces of the thread's network namespace; needs a tokio runtime.
pub async fn list() -> Result<Vec<Interface>> {
    let (connection, handle, _) = new_connection().map_err(failed)?;
    let connection = tokio::spawn(connection);
    let links: Vec<LinkMessage> =
        handle.link().get().execute().try_collect().await.map_err(failed)?;
    connection.abort();
    Ok(links.iter().filter_map(Interface::of).collect())
}

/// The changes in the thread's network namespace from now on; needs a tokio runtime.
pub fn watch() -> Result<BoxStream<'static, Change>> {
    let (connection, handle, messages) =
        new_multicast_connection(&[MulticastGroup::Link]).map_err(failed)?;
    tokio::spawn(connection);
    let changes = messages.filter_map(move |(message, _)| {
        // The connection ends with its last handle.
        let _keep = &handle;
        let change = match message.payload {
            NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) => {
                Interface::of(&link).map(Change::Present)
            }
            NetlinkPayload::InnerMessage(RouteNetlinkMessage::DelLink(link)) => {
                Some(Change::Gone(link.header.index))
            }
            _ => None,
        };
        core::future::ready(change)
    });
    Ok(changes.boxed())
}

fn failed(error: impl Into<anyhow::Error>) -> Error {
    Error::runtime(error).context("asking the kernel for its network interfaces")
}

/// The names and globs that were asked for; `!` before one takes its matches away.
#[derive(Clone, Debug)]
pub struct Selection {
    wanted: Vec<Pattern>,
    unwanted: Vec<Pattern>,
}

impl Selection {
    /// From names and globs such as `eth*` and `!eth9`.
    pub fn new(texts: &[String]) -> Result<Self> {
        let (unwanted, wanted): (Vec<&str>, Vec<&str>) =
            texts.iter().map(String::as_str).partition(|text| text.starts_with('!'));
        let pattern = |text: &str| {
            Pattern::new(text).map_err(|error| {
                Error::usage(format!("`{text}` is not an interface name or glob: {error}"))
            })
        };
        let wanted: Vec<Pattern> = wanted.into_iter().map(pattern).collect::<Result<_>>()?;
        let unwanted = unwanted.into_iter().filter_map(|text| text.strip_prefix('!'));
        let unwanted: Vec<Pattern> = unwanted.map(pattern).collect::<Result<_>>()?;
        if wanted.is_empty() {
            return Err(Error::usage("no interface is named").hinted(
                "name one with -i, or in the policy file: [settings] interfaces = [\"eth0\"]",
            ));
        }
        Ok(Self { wanted, unwanted })
    }

    /// Whether `name` was asked for.
    pub fn contains(&self, name: &str) -> bool {
        self.wanted.iter().any(|pattern| pattern.matches(name))
            && !self.unwanted.iter().any(|pattern| pattern.matches(name))
    }

    /// The plain names that none of `interfaces` has.
    pub fn missing<'a>(&'a self, interfaces: &[Interface]) -> Vec<&'a str> {
        let plain = self.wanted.iter().map(Pattern::as_str);
        plain
            .filter(|text| !text.contains(['*', '?', '[']))
            .filter(|text| interfaces.iter().all(|interface| interface.name != *text))
            .collect()
    }
}
