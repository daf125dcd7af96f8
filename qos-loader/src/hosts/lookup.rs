//! Looks names up as programs do (getaddrinfo(3)).

use std::{collections::BTreeSet, io, net::IpAddr};

use tokio::{net::lookup_host, task::JoinSet};
use tracing::debug;

use crate::policy::HostName;

/// The names that are being looked up.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    names: BTreeSet<HostName>,
    tasks: JoinSet<(HostName, io::Result<Vec<IpAddr>>)>,
}

impl Lookups {
    /// Starts to look `name` up, unless that is being done; needs a tokio runtime.
    pub(super) fn start(&mut self, name: &HostName) {
        if self.names.insert(name.clone()) {
            let name = name.clone();
            self.tasks.spawn(async move {
                let found = lookup_host((name.to_string(), 0)).await;
                (name, found.map(|found| found.map(|one| one.ip()).collect()))
            });
        }
    }

    /// Waits for the next one; none if none is being looked up. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Option<(HostName, Vec<IpAddr>)> {
        // Nobody panics there, nor ends one.
        let (name, found) = self.tasks.join_next().await?.ok()?;
        self.names.remove(&name);
        let found = found.unwrap_or_else(|error| {
            debug!("{name} can't be looked up: {error}");
            Vec::new()
        });
        Some((name, found))
    }
}
