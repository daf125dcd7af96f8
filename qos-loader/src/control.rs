//! How commands ask a loader that runs. It listens on an abstract Unix socket: one that belongs to
//! its network namespace, as what it does, and that ends with its process, however that ends.
//! [`server`] is the loader's end and [`client`] that of the commands, and [`counted`] is what they are
//! told of packets, [`learned`] of hosts, [`watched`] of flows.

pub mod client;
pub mod counted;
pub mod learned;
pub mod server;
pub mod watched;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    kernel::{hooks::Hook, shaping::Shaping},
    output::set::SetDocument,
};
pub use {counted::Counted, learned::Learned};

/// How the names of the sockets begin; the rest is nobody's business.
const PREFIX: &str = "qos-loader/";

/// How long a question with its answer may take. A loader that reads its policies again answers
/// when it is done.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a loader can be asked: one of these in JSON on a line of its own, and the answer is one
/// JSON document, but for one question. Only root and the loader's own user get one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// What it does now, as [`Running`].
    Running,
    /// What it counted so far, as [`Counted`].
    Counted,
    /// What it learned of hosts, as [`Learned`].
    Learned,
    /// What it classifies from now on. The answer has no end: it is a [`watched::Line`] a line.
    Watch,
}

/// What a loader does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its process, in its own PID namespace.
    pub pid: u32,
    /// The program's version.
    pub version: String,
    /// When its policies were put in force, in seconds since 1970.
    pub since: u64,
    /// The names and globs of the interfaces that it was told.
    pub named: Vec<String>,
    /// The interfaces whose packets it marks.
    pub interfaces: Vec<String>,
    /// The interfaces where it marks what enters.
    pub ingress: Vec<String>,
    /// The kernel's numbers of the programs there.
    pub programs: Vec<u32>,
    /// What keeps rates on each interface; none if no policy has one.
    pub shapers: Vec<Shaping>,
    /// The hooks that are attached or should be; none if nothing asks for them.
    pub hooks: Vec<Hook>,
    /// How many packets no program sent, where policies asked who did.
    pub nobodys: u64,
    /// What is in force there.
    pub set: SetDocument,
}
