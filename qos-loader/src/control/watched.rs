//! What a loader tells those who watch, as `watch` prints it: a JSON document a line.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// The first: from now on flows are told.
    Watching,
    /// A flow that was classified.
    Flow(Box<WatchedFlow>),
    /// So many were not told, for there were too many at once.
    Lost(u64),
}

/// A flow, and what it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedFlow {
    /// Milliseconds since 1970.
    pub time: u64,
    /// Where it leaves, or enters.
    pub interface: Option<String>,
    /// The name of its policy; none if no policy matches.
    pub policy: Option<String>,
    /// The executable that sends, if the program recorded it.
    pub application: Option<String>,
    /// The user that owns the socket, as policies number users.
    pub user: Option<u32>,
    /// The transport protocol.
    pub protocol: u8,
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes.
    pub destination: IpAddr,
    /// The source and the destination port, if its packet has them.
    pub ports: [Option<u16>; 2],
    /// Whether a socket of this machine sends it.
    pub is_own: bool,
    /// The host by which its policy matches, or a pattern of such.
    pub host: Option<String>,
    /// The DSCP of its packet as it came, if that could be read.
    pub before: Option<u8>,
    /// The DSCP that it leaves with, likewise.
    pub after: Option<u8>,
}
