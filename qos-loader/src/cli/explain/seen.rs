//! What is seen of the sender on this machine.

use itertools::Itertools as _;
use nix::unistd::geteuid;
use serde_json::{Map, Value, json};

use super::socket::SocketName;
use crate::{
    error::Result,
    output,
    policy::{NameOrId, explain::Identity, resolve::Machine},
    process::{Process, holders},
};

/// As many other processes as a message names.
const NAMED: usize = 10;

/// A process, or a socket with a process that holds it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) process: Option<Process>,
    /// The user that owns the socket.
    pub(super) owner: Option<u32>,
    /// The other processes that hold the socket.
    others: Vec<u32>,
    /// Whether the socket only waits for such connections.
    listens: bool,
}

impl Seen {
    /// Any socket of a process.
    pub(super) fn process(process: Process) -> Self {
        Self { process: Some(process), ..Self::default() }
    }

    /// The socket of that name. Fails if there is none.
    pub(super) fn by_socket(name: &SocketName) -> Result<Self> {
        let socket = name.find()?;
        let mut holders = holders::of_socket(socket.inode).into_iter();
        Ok(Self {
            process: holders.next().map(|pid| Process { pid }),
            owner: Some(socket.user),
            others: holders.collect(),
            listens: socket.listens,
        })
    }

    /// What people should know before they trust the answer.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.listens {
            doubts.push(
                "there is no such connection now; the sender is who listens for it".to_owned(),
            );
        }
        if self.process.is_none() {
            let root = if geteuid().is_root() { "" } else { ": sudo qos-loader … may see it" };
            doubts.push(format!(
                "no process is seen to hold the socket, so only its user is known{root}"
            ));
        }
        if !self.others.is_empty() {
            let more = self.others.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named = self.others.iter().take(NAMED).join(", ");
            doubts.push(format!("others hold the socket too, see --pid: {named}{more}"));
        }
        doubts
    }

    /// Who sends, with the keys of a policy.
    pub(super) fn document(&self, sender: &Identity, machine: &dyn Machine) -> Value {
        json!(self.keys(sender, machine))
    }

    /// The same in one line.
    pub(super) fn text(&self, sender: &Identity, machine: &dyn Machine) -> String {
        let known = |(key, value): (String, Value)| match (key.as_str(), value) {
            (_, Value::Null) => None,
            ("pid", pid) => Some(format!("process {pid}")),
            (_, value) => Some(format!("{key} = {value}")),
        };
        let keys = self.keys(sender, machine).into_iter();
        format!("sender: {}", keys.filter_map(known).join(", "))
    }

    fn keys(&self, sender: &Identity, machine: &dyn Machine) -> Map<String, Value> {
        let user = sender.user.as_ref();
        let number = user.and_then(|user| match user {
            NameOrId::Id(id) => Some(*id),
            NameOrId::Name(name) => machine.user(name),
        });
        let own = number.map(|user| machine.groups_of(user)).unwrap_or_default();
        let groups = own.into_iter().map(NameOrId::Id).chain(sender.groups.clone());
        let groups: Vec<Value> = groups.map(|group| output::policy::account(&group)).collect();
        [
            ("pid", json!(self.process.map(|process| process.pid))),
            ("application", json!(sender.application.as_ref().map(ToString::to_string))),
            ("user", json!(user.map(output::policy::account))),
            ("groups", json!(groups)),
            ("cgroup", json!(sender.cgroup.as_ref().map(ToString::to_string))),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }
}
