//! Makes ready what a set asks for beside marks, or leaves out what this kernel can't do.

use std::{borrow::Cow, collections::BTreeSet};

use tracing::{debug, warn};

use super::Enforcement;
use crate::{
    error::Result,
    policy::{Conditions, Policy, settings::Settings},
};

impl Enforcement {
    /// Makes ready for the level of receive windows that is set; returns the one that can be enforced.
    pub(super) fn prepare_window(&mut self, settings: &Settings) -> Result<Option<u8>> {
        let level = settings.inbound_throughput_level.as_ref().map(|setting| setting.value);
        match self.window.prepare(self.dataplane.ebpf(), level) {
            Ok(()) => Ok(level),
            Err(error) if self.allows_degraded => {
                warn!("inbound-throughput-level is left out: {error}");
                Ok(None)
            }
            Err(error) => {
                Err(error.hinted("`--allow-degraded` goes on without inbound-throughput-level"))
            }
        }
    }

    /// Has name servers overheard, if `policies` ask for hosts.
    pub(super) fn overhear_names(&mut self, policies: &[Policy]) -> Result<()> {
        let asks = policies.iter().any(|policy| !policy.conditions.destination_host.is_empty());
        if !asks {
            return Ok(());
        }
        match self.names.start(self.dataplane.ebpf()) {
            Err(error) if self.allows_degraded => {
                warn!("hosts are only known by what /etc/hosts and looking them up tells: {error}");
                Ok(())
            }
            Err(error) => Err(error.hinted(
                "`--allow-degraded` goes on with what /etc/hosts and looking names up tells",
            )),
            Ok(()) => Ok(()),
        }
    }

    /// Has it followed what clients ask for, if `policies` ask for that.
    pub(super) fn follow_requests(&mut self, policies: &[Policy]) -> Result<()> {
        match self.requests.follow(self.dataplane.ebpf(), policies) {
            Err(error) if self.allows_degraded => {
                warn!("no URL matches, and hosts are only known by their addresses: {error}");
                Ok(())
            }
            Err(error) => Err(error.hinted(
                "`--allow-degraded` goes on without: no URL matches then, and hosts are only known by their addresses",
            )),
            Ok(()) => Ok(()),
        }
    }

    /// Has it recorded who sends, if `policies` ask for it; returns those that can be enforced then.
    /// What a socket itself tells of its user and its cgroup is good enough where nothing else is to
    /// be had.
    pub(super) fn record_senders<'a>(
        &mut self,
        policies: &'a [Policy],
        groups: &BTreeSet<u32>,
    ) -> Result<Cow<'a, [Policy]>> {
        let all = Cow::Borrowed(policies);
        let ask =
            |what: fn(&Conditions) -> bool| policies.iter().any(|policy| what(&policy.conditions));
        if ask(|conditions| !conditions.user.is_empty())
            && let Err(error) = self.senders.know_kernel(self.dataplane.ebpf())
        {
            debug!("users are those of the network namespace's user namespace: {error}");
        }
        if !ask(|conditions| conditions.ask_process() || !conditions.cgroup.is_empty()) {
            return Ok(all);
        }
        let Err(error) = self.senders.record(self.dataplane.ebpf()) else {
            self.senders.add_groups(self.dataplane.ebpf(), groups)?;
            return Ok(all);
        };
        let (left_out, kept): (Vec<&Policy>, Vec<&Policy>) =
            policies.iter().partition(|policy| policy.conditions.ask_process());
        if left_out.is_empty() {
            debug!("{error}");
            return Ok(all);
        }
        if !self.allows_degraded {
            return Err(error.hinted(
                "`--allow-degraded` goes on without the policies for applications and groups",
            ));
        }
        for Policy { name, origin, .. } in left_out {
            warn!("{}:{}: \"{name}\" is left out: {error}", origin.file.display(), origin.line);
        }
        Ok(Cow::Owned(kept.into_iter().cloned().collect()))
    }
}
